// Puts a handler's work into a callback: `await guard(…, async () => { … })`.
import { ts } from 'ts-morph';
import type { Edit, Span } from '../text.ts';
import { madeAsync } from './awaitCall.ts';
import type { Key } from './guardKey.ts';
import type { Region } from './guardedRegion.ts';
import { indentAt, newlineOf, unitOf, usesSemicolons } from './style.ts';

/** `=> work(event)` becomes `=> guard(…, async () => work(event))`. */
export function aroundValue(source: ts.SourceFile, body: ts.Node, call: string): readonly Edit[] {
  const start = body.getStart(source);
  return [
    { at: { start, end: start }, text: call },
    { at: { start: body.end, end: body.end }, text: ')' },
  ];
}

export interface Work {
  readonly handler: ts.FunctionLikeDeclaration;
  readonly region: Region;
  /** The call of the guard up to its callback's `=> `. */
  readonly call: string;
  /** With the name of the constant that holds it, where it needs one. */
  readonly key: Key & { readonly name: string | undefined };
}

/** The statements move into the callback, and their lines in by one level. */
export function aroundStatements(source: ts.SourceFile, work: Work): readonly Edit[] {
  const { inside, givesValue } = work.region;
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last) return [];
  const { text } = source;
  const [start, end] = [startOf(source, first), endOf(text, last)];
  const isOneLine = !text.slice(first.parent.getStart(source), start).includes('\n');
  const line = isOneLine ? ' ' : `${newlineOf(text)}${indentAt(text, start)}`;
  const unit = isOneLine ? '' : unitOf(text);
  const semicolon = usesSemicolons(source) ? ';' : '';
  const opening = `${heldKey(work, line, semicolon)}${givesValue ? 'return' : 'await'} ${work.call}{${line}${unit}`;
  return [
    ...destructured(source, work, line, semicolon),
    { at: { start, end: start }, text: opening },
    ...(isOneLine ? [] : indented(source, inside, { start, end }, unit)),
    { at: { start: end, end }, text: `${line}})${semicolon}` },
    ...madeAsync(source, work.handler),
    ...(givesValue ? maybeNothing(source, work.handler.type) : []),
  ];
}

function heldKey({ key }: Work, line: string, semicolon: string): string {
  if (key.name === undefined) return '';
  const comment = key.comment === undefined || line === ' ' ? '' : `// ${key.comment}${line}`;
  return `${comment}const ${key.name} = ${key.text}${semicolon}${line}`;
}

/** The pattern that stood in the parameter list, as the first statement. */
function destructured(
  source: ts.SourceFile,
  { key, handler }: Work,
  line: string,
  semicolon: string,
): readonly Edit[] {
  const start = (handler.body?.getStart(source) ?? 0) + 1;
  return key.first === undefined
    ? []
    : [{ at: { start, end: start }, text: `${line}${key.first}${semicolon}` }];
}

/** A repeat gives nothing: `Promise<Order>` becomes `Promise<Order | undefined>`. */
function maybeNothing(source: ts.SourceFile, type: ts.TypeNode | undefined): readonly Edit[] {
  const given = type && ts.isTypeReferenceNode(type) ? type.typeArguments?.[0] : undefined;
  if (!given || /\b(?:void|any|unknown|undefined)\b/.test(given.getText(source))) return [];
  return [{ at: { start: given.end, end: given.end }, text: ' | undefined' }];
}

/** Comments on lines of their own above a statement belong to it. */
function startOf(source: ts.SourceFile, node: ts.Node): number {
  const own = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const above = own.find(({ pos }) => /\n[ \t]*$/.test(source.text.slice(0, pos)));
  return above?.pos ?? node.getStart(source);
}

/** A comment behind a statement on its line belongs to it. */
function endOf(text: string, node: ts.Node): number {
  return ts.getTrailingCommentRanges(text, node.end)?.at(-1)?.end ?? node.end;
}

function indented(
  source: ts.SourceFile,
  nodes: readonly ts.Node[],
  { start, end }: Span,
  unit: string,
): readonly Edit[] {
  const templates = nodes.flatMap((it) => templatesIn(source, it));
  const lines = [...source.text.slice(start, end).matchAll(/\n(?=[^\r\n])/g)].map(
    (it) => start + it.index + 1,
  );
  return lines
    .filter((it) => !templates.some((template) => template.start < it && it < template.end))
    .map((it) => ({ at: { start: it, end: it }, text: unit }));
}

/** White space inside a template is part of its value. */
function templatesIn(source: ts.SourceFile, node: ts.Node): readonly Span[] {
  if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return [{ start: node.getStart(source), end: node.end }];
  const found: Span[] = [];
  ts.forEachChild(node, (it) => void found.push(...templatesIn(source, it)));
  return found;
}
