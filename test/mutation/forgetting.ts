// Takes out of a file all that names an event: its declaration, imports, members of unions, cases, handlers, what publishes it.
import ts from 'typescript';
import type { Edit } from '../../server/src/text.ts';
import { removal, type Source, spanOf } from './mutant.ts';

/** Finds an event by its name, by that of its schema, and by its wire name: `OrderPlaced`, `orderPlaced`, `order.placed`. */
export function mentionOf(name: string): RegExp {
  const lower = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const words = name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(' ');
  return new RegExp(`\\b(?:${name}|${lower}|${words.join('[.-]')})(?:Schema)?\\b`);
}

/** The edits by which a file does not speak of what the expression finds any more. */
export function* forgetting(source: Source, node: ts.Node, mention: RegExp): Iterable<Edit> {
  if (!mention.test(node.getText())) return;
  if (ts.isCaseClause(node) && mention.test(node.expression.getText())) yield forgottenCase(source, node);
  else if (isWhole(node, mention)) yield removal(source, node);
  else if (ts.isTypeNode(node) && ts.isUnionTypeNode(node.parent)) yield { at: spanOf(node), text: 'never' };
  else if (ts.isBlock(node)) yield* forgottenStatements(source, node.statements, mention);
  else yield* forgettingParts(source, node, mention);
}

function* forgettingParts(source: Source, node: ts.Node, mention: RegExp): Iterable<Edit> {
  const children: ts.Node[] = [];
  node.forEachChild((it) => void children.push(it));
  for (const it of children) yield* forgetting(source, it, mention);
}

/** What is put into a variable for the event goes with the variable. */
function* forgottenStatements(
  source: Source,
  statements: readonly ts.Statement[],
  mention: RegExp,
): Iterable<Edit> {
  const gone: string[] = [];
  for (const it of statements) {
    const uses = gone.some((name) => new RegExp(`\\b${name}\\b`).test(it.getText()));
    const isReturned = ts.isReturnStatement(it) && (uses || mention.test(it.getText()));
    if (isReturned) yield { at: spanOf(it), text: 'return;' };
    else if (uses) yield removal(source, it);
    else {
      yield* forgetting(source, it, mention);
      if (ts.isVariableStatement(it) && isWhole(it, mention)) gone.push(...namesOf(it));
    }
  }
}

function namesOf({ declarationList }: ts.VariableStatement): readonly string[] {
  return declarationList.declarations.map((it) => it.name.getText());
}

/** A label that shares its statements with those above leaves them there. */
function forgottenCase(source: Source, node: ts.CaseClause): Edit {
  const { clauses } = node.parent;
  const before = clauses[clauses.indexOf(node) - 1];
  if (before?.statements.length !== 0) return removal(source, node);
  const [first] = node.statements;
  return { at: { start: node.getStart(), end: first?.getStart() ?? node.end }, text: '' };
}

function isWhole(node: ts.Node, mention: RegExp): boolean {
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return true;
  if (ts.isStringLiteral(node)) return ts.isArrayLiteralExpression(node.parent);
  if (ts.isExpressionStatement(node)) return !/=>|function/.test(node.getText());
  if (ts.isIfStatement(node)) return mention.test(node.expression.getText());
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.some(
      (it) => mention.test(it.name.getText()) || mention.test(it.type?.getText() ?? ''),
    );
  return isDeclaration(node) && isOf(node, mention);
}

type Declaration =
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.MethodDeclaration
  | ts.FunctionDeclaration;

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  );
}

/** By its name, its decorators, or because it takes nothing else. */
function isOf(node: Declaration, mention: RegExp): boolean {
  if (mention.test(node.name?.getText() ?? '')) return true;
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  if (decorators.some((it) => mention.test(it.getText()))) return true;
  if (!ts.isMethodDeclaration(node) && !ts.isFunctionDeclaration(node)) return false;
  const type = node.parameters[0]?.type;
  return type !== undefined && ts.isTypeReferenceNode(type) && mention.test(type.getText());
}
