// Lists the failure where its sibling is listed: a member of a union or enum, an entry of a topic map or of a schema's options.
import { ts } from 'ts-morph';
import { eventKey } from '../model/names/names.ts';
import type { Edit, Place } from '../text.ts';
import { failureDeclaration } from './failureDeclaration.ts';
import { styled, type Rename } from './failureNames.ts';

/** One file in which the sibling is listed. */
export interface Listing {
  readonly source: ts.SourceFile;
  readonly rename: Rename;
  /** The failure's name, for places that call the sibling something else. */
  readonly failure: string;
}

/** The edits that add the failure behind its sibling at each place, with the imports they need. */
export function listingEdits(listing: Listing, places: readonly Place[]): readonly Edit[] {
  const items = places.flatMap(({ at }) => itemAt(listing.source, at.start) ?? []);
  return [...new Set(items)].flatMap((it) => {
    const text = entryText(listing, it);
    return text === undefined ? [] : [insertion(listing.source, it, text), ...importEdits(listing, it)];
  });
}

/** The innermost node that starts at an offset. */
export function nodeAt(source: ts.SourceFile, offset: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (node.getStart(source) > offset || node.end <= offset) return;
    if (node.getStart(source) === offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The member of the list that a name stands in. */
function itemAt(source: ts.SourceFile, offset: number): ts.Node | undefined {
  for (let node = nodeAt(source, offset); node && !ts.isSourceFile(node); node = node.parent) {
    const { parent } = node;
    if (ts.isUnionTypeNode(parent) || ts.isArrayLiteralExpression(parent) || ts.isEnumMember(node))
      return node;
    if (ts.isObjectLiteralExpression(parent)) return node;
  }
  return undefined;
}

function entryText(listing: Listing, item: ts.Node): string | undefined {
  const { source, rename } = listing;
  const text = item.getText(source);
  if (ts.isEnumMember(item) || ts.isPropertyAssignment(item)) return pairText(listing, item);
  if (!ts.isTypeNode(item) || ts.isLiteralTypeNode(item))
    return rename(text) === text ? undefined : rename(text);
  const isPlain = ts.isTypeReferenceNode(item) && !item.typeArguments;
  return isPlain ? nameIn(listing, text) : failureDeclaration(source, item, rename);
}

/** What a file calls the failure where it calls its sibling something; undefined where only another file could say. */
function nameIn({ source, rename }: Listing, sibling: string): string | undefined {
  if (rename(sibling) !== sibling) return rename(sibling);
  const imported = importsOf(source).find((it) => it.name.text === sibling)?.propertyName?.text;
  return imported === undefined || rename(imported) === imported ? undefined : rename(imported);
}

/** `PaymentCompleted = 'payment.completed'`, `PAYMENT_COMPLETED: 'payment.completed'`. */
function pairText(listing: Listing, item: ts.EnumMember | ts.PropertyAssignment): string {
  const { source } = listing;
  const key = restyled(listing, item.name.getText(source));
  if (!item.initializer) return key;
  const value = item.initializer.getText(source);
  const isText = ts.isStringLiteralLike(item.initializer);
  const between = ts.isEnumMember(item) ? ' = ' : ': ';
  return `${key}${between}${isText ? restyled(listing, value) : listing.rename(value)}`;
}

/** The failure's name in the style of the sibling's, even where that says only `ORDER`. */
function restyled({ rename, failure }: Listing, text: string): string {
  if (rename(text) !== text) return rename(text);
  const quote = /^['"`]/.exec(text)?.[0] ?? '';
  const bare = quote === '' ? text : text.slice(1, -1);
  return `${quote}${styled(eventKey(failure).split(' '), bare)}${quote}`;
}

function insertion(source: ts.SourceFile, item: ts.Node, text: string): Edit {
  const at = { start: item.end, end: item.end };
  const before = source.text.slice(0, item.getStart(source));
  if (ts.isUnionTypeNode(item.parent)) {
    const bar = /\r?\n[ \t]*\|[ \t]*$/.exec(before)?.[0];
    return { at, text: `${bar ?? ' | '}${text}` };
  }
  return { at, text: `,${/\r?\n[ \t]*$/.exec(before)?.[0] ?? ' '}${text}` };
}

/** A listed class or type is imported where its sibling is. */
function importEdits({ source, rename }: Listing, item: ts.Node): readonly Edit[] {
  const names = ts.isTypeReferenceNode(item)
    ? [item.typeName.getText(source)]
    : ts.isIdentifier(item)
      ? [item.text]
      : ts.isPropertyAssignment(item) && ts.isIdentifier(item.initializer)
        ? [item.initializer.text]
        : [];
  return importsOf(source)
    .filter((it) => names.includes(it.name.text))
    .map((it) => {
      const hasOwnName = it.propertyName && rename(it.name.text) === it.name.text;
      return insertion(source, it, rename((hasOwnName ? it.propertyName : it).getText(source)));
    });
}

function importsOf(source: ts.SourceFile): readonly ts.ImportSpecifier[] {
  return source.statements.flatMap((statement) => {
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    return bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  });
}
