// Binds names to their declarations within one file. TypeScript's own binder is not public, and this needs far less:
// each container's declarations are listed when the first name inside asks for them.
import { ts } from 'ts-morph';

/** What declares a name: enough to make a binding of it. */
export interface Declaration {
  readonly name: ts.Identifier;
  readonly node: ts.Node;
  readonly kind: 'parameter' | 'const' | 'variable' | 'import' | 'function' | 'class' | 'enum' | 'catch';
}

export interface Scopes {
  /** The declaration that a name at `where` means, or undefined for a global. */
  readonly find: (name: string, where: ts.Node) => Declaration | undefined;
}

export function scopesOf(): Scopes {
  const known = new Map<ts.Node, Map<string, Declaration>>();
  const namesOf = (container: ts.Node): Map<string, Declaration> => {
    const before = known.get(container);
    if (before) return before;
    const names = new Map<string, Declaration>();
    known.set(container, names);
    for (const declaration of declarationsIn(container)) {
      if (!names.has(declaration.name.text)) names.set(declaration.name.text, declaration);
    }
    return names;
  };
  return {
    find(name, where) {
      for (let node: ts.Node | undefined = where.parent; node; node = node.parent) {
        const found = isContainer(node) ? namesOf(node).get(name) : undefined;
        if (found) return found;
      }
      return undefined;
    },
  };
}

function isContainer(node: ts.Node): boolean {
  return (
    ts.isSourceFile(node) ||
    ts.isBlock(node) ||
    ts.isModuleBlock(node) ||
    ts.isCaseBlock(node) ||
    ts.isFunctionLike(node) ||
    ts.isCatchClause(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node)
  );
}

function* declarationsIn(container: ts.Node): Iterable<Declaration> {
  if (ts.isSourceFile(container) || ts.isBlock(container) || ts.isModuleBlock(container)) {
    for (const statement of container.statements) yield* declaredBy(statement);
  } else if (ts.isCaseBlock(container)) {
    for (const clause of container.clauses)
      for (const statement of clause.statements) yield* declaredBy(statement);
  } else if (ts.isFunctionLike(container)) {
    yield* declaredByFunction(container);
  } else if (ts.isCatchClause(container)) {
    const name = container.variableDeclaration?.name;
    if (name && ts.isIdentifier(name)) yield { name, node: container, kind: 'catch' };
  } else if (
    ts.isForStatement(container) ||
    ts.isForOfStatement(container) ||
    ts.isForInStatement(container)
  ) {
    const list = container.initializer;
    if (list && ts.isVariableDeclarationList(list)) yield* declaredByList(list);
  }
}

function* declaredByFunction(node: ts.SignatureDeclaration): Iterable<Declaration> {
  for (const parameter of node.parameters) yield* namesIn(parameter.name, 'parameter', parameter);
  if (ts.isFunctionExpression(node) && node.name) yield { name: node.name, node, kind: 'function' };
}

function* declaredBy(statement: ts.Statement): Iterable<Declaration> {
  if (ts.isVariableStatement(statement)) yield* declaredByList(statement.declarationList);
  else if (ts.isFunctionDeclaration(statement) && statement.name)
    yield { name: statement.name, node: statement, kind: 'function' };
  else if (ts.isClassDeclaration(statement) && statement.name)
    yield { name: statement.name, node: statement, kind: 'class' };
  else if (ts.isEnumDeclaration(statement)) yield { name: statement.name, node: statement, kind: 'enum' };
  else if (ts.isImportDeclaration(statement)) yield* declaredByImport(statement);
  else if (ts.isImportEqualsDeclaration(statement))
    yield { name: statement.name, node: statement, kind: 'import' };
}

function* declaredByList(list: ts.VariableDeclarationList): Iterable<Declaration> {
  const kind = list.flags & ts.NodeFlags.Const ? 'const' : 'variable';
  for (const declaration of list.declarations) yield* namesIn(declaration.name, kind, declaration);
}

function* namesIn(
  name: ts.BindingName,
  kind: Declaration['kind'],
  node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement,
): Iterable<Declaration> {
  if (ts.isIdentifier(name)) {
    yield { name, node, kind };
    return;
  }
  for (const element of name.elements) {
    if (ts.isBindingElement(element)) yield* namesIn(element.name, kind, element);
  }
}

function* declaredByImport(statement: ts.ImportDeclaration): Iterable<Declaration> {
  const clause = statement.importClause;
  if (!clause) return;
  if (clause.name) yield { name: clause.name, node: clause, kind: 'import' };
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings))
    yield { name: bindings.name, node: bindings, kind: 'import' };
  if (bindings && ts.isNamedImports(bindings)) {
    for (const element of bindings.elements) yield { name: element.name, node: element, kind: 'import' };
  }
}
