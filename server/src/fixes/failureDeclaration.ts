// The declaration of a failure event, made from its sibling's: same base, metadata and style, the ids of its subject, and a reason.
import { ts } from 'ts-morph';
import { applyEdits } from '../text.ts';
import { draftClass } from './failureClass.ts';
import type { Draft } from './failureDraft.ts';
import { keeperOf, rebuildList } from './failureLists.ts';
import type { Rename } from './failureNames.ts';
import { draftArguments, draftFields, draftType, isCarrier, isCarrierName } from './failureTypes.ts';

/** The text of the failure's declaration, after that of its payload type where the sibling has one of its own. */
export function failureDeclaration(source: ts.SourceFile, node: ts.Node, rename: Rename): string {
  const keeps = keeperOf(rename, node.getText(source));
  const draft: Draft = { source, edits: [], keeps, rename, companions: new Set() };
  draftNode(draft, node);
  for (const it of constantsOf(draft, node)) draft.companions.add(it);
  const copies = [...draft.companions].map((it) => failureDeclaration(source, it, rename));
  const start = node.getStart(source);
  const moved = draft.edits.map(({ at, text }) => ({
    at: { start: at.start - start, end: at.end - start },
    text,
  }));
  const copy = applyEdits(source.text.slice(start, node.end), moved);
  const own = renamed(draft, node, copy).replace(/^export default /, 'export ');
  return [...copies, own].join('\n\n');
}

/** `const PAYMENT_PROCESSED = 'payment.processed'` above a declaration that is tagged with it. */
function constantsOf({ source, rename }: Draft, node: ts.Node): readonly ts.VariableStatement[] {
  const text = node.getText(source);
  return source.statements.filter((it): it is ts.VariableStatement => {
    if (!ts.isVariableStatement(it) || it === node) return false;
    const name = nameOf(it);
    const value = it.declarationList.declarations[0]?.initializer?.getText(source) ?? '';
    if (name === undefined || rename(name) === name || !/^['"`][^'"`]*['"`](?: as const)?$/.test(value))
      return false;
    return new RegExp(`\\b${name}\\b`).test(text);
  });
}

/** Renames all but what others declare: an imported `PaymentProcessedItem` keeps its name, a text that says it does not. */
function renamed({ source, rename, companions }: Draft, node: ts.Node, text: string): string {
  const own = new Set([node, ...companions].map((it) => nameOf(it)));
  const foreign = [...namesIn(source)].filter((it) => !own.has(it) && rename(it) !== it);
  const hidden = foreign.reduce(
    (left, it) =>
      left.replace(new RegExp(`(?<!['"\`])\\b${it}\\b(?!['"\`])`, 'g'), it.split('').join('\u0000')),
    text,
  );
  return rename(hidden).replaceAll('\u0000', '');
}

/** The names that a file imports or declares at its top. */
function* namesIn(source: ts.SourceFile): Iterable<string> {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) {
      const name = nameOf(statement);
      if (name !== undefined) yield name;
      continue;
    }
    const bindings = statement.importClause?.namedBindings;
    if (statement.importClause?.name) yield statement.importClause.name.text;
    if (bindings && ts.isNamedImports(bindings)) for (const it of bindings.elements) yield it.name.text;
  }
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) {
    const name = node.declarationList.declarations[0]?.name;
    return name && ts.isIdentifier(name) ? name.text : undefined;
  }
  const isNamed =
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
  return isNamed ? node.name?.text : undefined;
}

function draftNode(draft: Draft, node: ts.Node): void {
  if (ts.isInterfaceDeclaration(node)) draftInterface(draft, node);
  else if (ts.isTypeAliasDeclaration(node)) draftType(draft, node.type);
  else if (ts.isClassDeclaration(node)) draftClass(draft, node);
  else if (ts.isVariableStatement(node)) draftSchema(draft, node);
  else if (ts.isTypeNode(node)) draftType(draft, node);
}

function draftInterface(draft: Draft, node: ts.InterfaceDeclaration): void {
  const bases = node.heritageClauses?.flatMap((it) => [...it.types]) ?? [];
  const hasCarrier = node.members.some((it) => isCarrier(it));
  const isCarried = !hasCarrier && bases.some((it) => draftArguments(draft, it.typeArguments));
  draftFields(draft, node.members, isCarried);
}

function draftSchema(draft: Draft, node: ts.VariableStatement): void {
  const initializer = node.declarationList.declarations[0]?.initializer;
  const shape = initializer && shapeIn(initializer);
  if (!shape) return;
  const carrier = shape.properties.find(
    (it) => ts.isPropertyAssignment(it) && isCarrierName(it.name.getText(draft.source)),
  );
  const inner = carrier && ts.isPropertyAssignment(carrier) ? shapeIn(carrier.initializer) : undefined;
  const { properties } = inner ?? shape;
  const kept = properties.filter((it) => !it.name || draft.keeps(it.name.getText(draft.source)));
  rebuildList(draft, properties, {
    kept,
    added: [`reason: ${textSchema(draft.source, properties)}`],
    separator: ',',
  });
}

/** The object literal that a schema is built from or extended with. */
function shapeIn(node: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const own = node.arguments.find((it) => ts.isObjectLiteralExpression(it));
  if (own) return own;
  return ts.isPropertyAccessExpression(node.expression) ? shapeIn(node.expression.expression) : undefined;
}

/** A text in the schema's own library: `z.string()`. */
function textSchema(source: ts.SourceFile, properties: ts.NodeArray<ts.ObjectLiteralElementLike>): string {
  const sample = properties.map((it) => it.getText(source)).join();
  if (/\bType\.\w+\(/.test(sample)) return 'Type.String()';
  const root = /\b(\w+)\.(?:string|number|literal|uuid|object|iso)\b/.exec(sample)?.[1] ?? 'z';
  return `${root}.string()`;
}
