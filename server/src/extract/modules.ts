// What a file imports and exports.
import { ts } from 'ts-morph';
import type { ExportFact, ImportFact } from '../facts/facts.ts';

/** The imports of a file in their order, `require` with a literal included. */
export function readImports(source: ts.SourceFile): readonly ImportFact[] {
  const imports: ImportFact[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) imports.push(...importsOf(statement));
    else if (ts.isImportEqualsDeclaration(statement)) imports.push(...importEquals(statement));
    else if (ts.isVariableStatement(statement)) imports.push(...requires(statement));
  }
  return imports;
}

/** The exports of a file, re-exports with their module. */
export function readExports(source: ts.SourceFile): readonly ExportFact[] {
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return reExports(statement);
    if (ts.isExportAssignment(statement)) return exportAssignment(statement);
    return exportedDeclarations(statement);
  });
}

function importsOf(statement: ts.ImportDeclaration): ImportFact[] {
  const from = textOf(statement.moduleSpecifier);
  const clause = statement.importClause;
  if (from === undefined || !clause) return [];
  const isTypeOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const imports: ImportFact[] = [];
  if (clause.name) imports.push({ local: clause.name.text, name: 'default', from, isTypeOnly });
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) {
    imports.push({ local: bindings.name.text, name: '*', from, isTypeOnly });
  } else if (bindings) {
    for (const element of bindings.elements) {
      const name = (element.propertyName ?? element.name).text;
      imports.push({ local: element.name.text, name, from, isTypeOnly: isTypeOnly || element.isTypeOnly });
    }
  }
  return imports;
}

function importEquals(statement: ts.ImportEqualsDeclaration): ImportFact[] {
  if (!ts.isExternalModuleReference(statement.moduleReference)) return [];
  const from = textOf(statement.moduleReference.expression);
  if (from === undefined) return [];
  return [{ local: statement.name.text, name: '*', from, isTypeOnly: statement.isTypeOnly }];
}

function requires(statement: ts.VariableStatement): ImportFact[] {
  return statement.declarationList.declarations.flatMap((declaration) => {
    const call = declaration.initializer;
    if (!call || !ts.isCallExpression(call) || call.expression.getText() !== 'require') return [];
    const from = textOf(call.arguments[0]);
    if (from === undefined) return [];
    if (ts.isIdentifier(declaration.name)) {
      return [{ local: declaration.name.text, name: '*', from, isTypeOnly: false }];
    }
    return declaration.name.elements.flatMap((element) => {
      if (!ts.isBindingElement(element) || !ts.isIdentifier(element.name)) return [];
      const name = element.propertyName ? element.propertyName.getText() : element.name.text;
      return [{ local: element.name.text, name, from, isTypeOnly: false }];
    });
  });
}

function reExports(statement: ts.ExportDeclaration): ExportFact[] {
  const from = textOf(statement.moduleSpecifier);
  const clause = statement.exportClause;
  if (!clause) return from === undefined ? [] : [{ name: '*', local: '*', from }];
  if (ts.isNamespaceExport(clause)) return [{ name: clause.name.text, local: '*', from }];
  return clause.elements.map((element) => ({
    name: element.name.text,
    local: (element.propertyName ?? element.name).text,
    ...(from === undefined ? {} : { from }),
  }));
}

function exportAssignment(statement: ts.ExportAssignment): ExportFact[] {
  const { expression } = statement;
  return [{ name: 'default', local: ts.isIdentifier(expression) ? expression.text : 'default' }];
}

function exportedDeclarations(statement: ts.Statement): ExportFact[] {
  if (!isExported(statement)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((declaration) =>
      namesOf(declaration.name).map((name) => ({ name, local: name })),
    );
  }
  const name = declaredName(statement);
  if (name === undefined)
    return ts.isFunctionDeclaration(statement) ? [{ name: 'default', local: 'default' }] : [];
  const isDefault = ts.canHaveModifiers(statement)
    ? ts.getModifiers(statement)?.some((it) => it.kind === ts.SyntaxKind.DefaultKeyword)
    : false;
  if (ts.isModuleDeclaration(statement)) return [{ name, local: '*' }];
  return isDefault ? [{ name: 'default', local: name }] : [{ name, local: name }];
}

/** Whether a declaration carries `export`. */
export function isExported(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((it) => it.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function declaredName(statement: ts.Statement): string | undefined {
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement)
  ) {
    return statement.name?.text;
  }
  return undefined;
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}

function textOf(node: ts.Expression | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}
