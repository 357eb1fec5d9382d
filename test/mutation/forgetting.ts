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
  return new RegExp(`\\b(?:${name}|${lower}|${words.join('[.-]')})\\b`);
}

/** The edits by which a file does not speak of what the expression finds any more. */
export function* forgetting(source: Source, node: ts.Node, mention: RegExp): Iterable<Edit> {
  const text = node.getText();
  if (!mention.test(text)) return;
  if (ts.isTypeReferenceNode(node) && ts.isUnionTypeNode(node.parent))
    yield { at: spanOf(node), text: 'never' };
  else if (ts.isStringLiteral(node)) yield { at: spanOf(node), text: "'nothing'" };
  else if (isWhole(node, mention)) yield removal(source, node);
  else {
    const children: ts.Node[] = [];
    node.forEachChild((it) => void children.push(it));
    for (const it of children) yield* forgetting(source, it, mention);
  }
}

function isWhole(node: ts.Node, mention: RegExp): boolean {
  if (
    ts.isImportSpecifier(node) ||
    ts.isExportSpecifier(node) ||
    ts.isCaseClause(node) ||
    ts.isReturnStatement(node)
  )
    return true;
  if (ts.isExpressionStatement(node)) return !/=>|function/.test(node.getText());
  const isNamed =
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableStatement(node) ||
    ts.isMethodDeclaration(node);
  return isNamed && mention.test(node.getText().split('{')[0] ?? '');
}
