// Declares the failure event beside the success event, and lists it where its sibling is listed.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath, Place } from '../text.ts';
import { failureDeclaration } from './failureDeclaration.ts';
import { listingEdits, nodeAt, type Listing } from './failureListings.ts';
import { renaming } from './failureNames.ts';
import type { AddFailureEventPlan } from './plan.ts';

/** The edits of all files that the plan touches. */
export function addFailureEvent(
  plan: AddFailureEventPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const { target } = plan;
  const text = read(target.file);
  if (text === undefined) return [];
  const success = text.slice(target.at.start, target.at.end).replace(/^['"`]|['"`]$/g, '');
  const rename = renaming(success, plan.name);
  const files = new Set([target.file, ...plan.listedAt.map((it) => it.file)]);
  return [...files].flatMap((file) => {
    const source = parse(file, read(file));
    if (!source) return [];
    const places = plan.listedAt.filter((it) => it.file === file && !isSame(it, target));
    const listing = { source, rename, failure: plan.name };
    const declared = file === target.file ? declarationEdits(listing, target) : [];
    const edits = withLineEnds(source.text, once([...declared, ...listingEdits(listing, places)]));
    return edits.length > 0 ? [{ file, edits }] : [];
  });
}

function parse(file: FilePath, text: string | undefined): ts.SourceFile | undefined {
  return text === undefined ? undefined : ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.at.start === b.at.start;
}

/** The declaration behind its sibling, with the type that is inferred from it where the sibling has one. */
function declarationEdits(listing: Listing, target: Place): readonly Edit[] {
  const { source, rename } = listing;
  const node = nodeAt(source, target.at.start);
  const declared = node && statementOf(node);
  const name = declared ? schemaName(source, declared) : node?.getText(source);
  const derived = name === undefined ? undefined : derivedFrom(source, name);
  return [
    ...(declared
      ? [behind(source, declared, failureDeclaration(source, declared, rename))]
      : listingEdits(listing, [target])),
    ...(derived ? [behind(source, derived, rename(derived.getText(source)))] : []),
  ];
}

function schemaName(source: ts.SourceFile, node: ts.Node): string | undefined {
  if (!ts.isVariableStatement(node)) return undefined;
  return node.declarationList.declarations[0]?.name.getText(source);
}

/** The declaration whose name stands at a place; a member of a union has none of its own. */
function statementOf(node: ts.Node): ts.Node | undefined {
  const { parent } = node;
  if (ts.isInterfaceDeclaration(parent) || ts.isTypeAliasDeclaration(parent) || ts.isClassDeclaration(parent))
    return parent;
  if (!ts.isVariableDeclaration(parent)) return undefined;
  return ts.isVariableStatement(parent.parent.parent) ? parent.parent.parent : undefined;
}

/** `z.infer<typeof InventoryReservedSchema>`, `Extract<ShippingEvent, { type: 'OrderShipped' }>`: a name for what has none. */
function derivedFrom(source: ts.SourceFile, name: string): ts.TypeAliasDeclaration | undefined {
  return source.statements.find((it): it is ts.TypeAliasDeclaration => {
    if (!ts.isTypeAliasDeclaration(it) || !ts.isTypeReferenceNode(it.type)) return false;
    const text = it.type.getText(source);
    return text.includes(`<typeof ${name}>`) || (text.startsWith('Extract<') && text.includes(`: ${name}`));
  });
}

/** Behind a statement, with a blank line unless the file writes such statements line by line. */
function behind(source: ts.SourceFile, statement: ts.Node, text: string): Edit {
  const index = source.statements.findIndex((it) => it === statement);
  const near = source.statements[index + 1] ?? source.statements[index - 1];
  const isSingle = !statement.getText(source).includes('\n');
  const between = near
    ? source.text.slice(
        Math.min(near.end, statement.end),
        Math.max(near.getStart(source), statement.getStart(source)),
      )
    : '\n\n';
  const isDense = isSingle && near?.kind === statement.kind && !/\n\s*\n/.test(between);
  return { at: { start: statement.end, end: statement.end }, text: `${isDense ? '\n' : '\n\n'}${text}` };
}

/** A place may list the sibling by key and by value, and needs the failure once. */
function once(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter(({ at, text }) => {
    const key = `${at.start}:${text}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

function withLineEnds(text: string, edits: readonly Edit[]): readonly Edit[] {
  if (!text.includes('\r\n')) return edits;
  return edits.map((it) => ({ ...it, text: it.text.replace(/\r?\n/g, '\r\n') }));
}
