// Inserts members at the start of a braced list: fields of a type, properties of an object, members of a class.
import { ts } from 'ts-morph';
import type { Edit } from '../text.ts';
import { indentAt, newlineOf, unitOf, usesSemicolons, widthOf } from './style.ts';

export interface Braced {
  /** The offset behind the opening brace. */
  readonly open: number;
  /** The offset of the closing brace. */
  readonly close: number;
  readonly members: readonly ts.Node[];
}

/**
 * The members one a line where the list spans lines or they would not fit, else all on its one line. `separator` ends each.
 * What tells the kind of a message (`type: 'OrderPlaced'`) stays in front of them.
 */
export function insertMembers(
  source: ts.SourceFile,
  list: Braced,
  members: readonly string[],
  separator: string,
): Edit {
  const { text } = source;
  const inside = text.slice(list.open, list.close);
  const [first, second] = list.members;
  const tag = first && second && isTag(first) ? first : undefined;
  if (first && !inside.includes('\n')) return onOneLine(source, list, members, separator);
  const newline = newlineOf(text);
  const outer = indentAt(text, list.open - 1);
  const inner = first ? indentAt(text, first.getStart(source)) : `${outer}${unitOf(text)}`;
  const lines = members.map((it) => `${newline}${inner}${it}${separator}`).join('');
  const close = first || inside.includes('\n') ? '' : `${newline}${outer}`;
  const blank = first && isFunction(first) ? newline : '';
  const start = tag ? lineEnd(text, tag.end) : list.open;
  return { at: { start, end: start }, text: `${lines}${blank}${close}` };
}

function onOneLine(
  source: ts.SourceFile,
  { open, close, members: old }: Braced,
  members: readonly string[],
  separator: string,
): Edit {
  const { text } = source;
  const at = old[0] && old[1] && isTag(old[0]) ? 1 : 0;
  const start = old[at]?.getStart(source) ?? open;
  const spoken = members.map((it) => `${it}${separator} `).join('');
  const line = text.slice(text.lastIndexOf('\n', start) + 1, lineEnd(text, start));
  if (line.length + spoken.length <= widthOf(text)) return { at: { start, end: start }, text: spoken };
  const written = old.map((it) => `${it.getText(source).replace(/[;,]$/, '')}${separator}`);
  written.splice(at, 0, ...members.map((it) => `${it}${separator}`));
  const newline = newlineOf(text);
  // A member of a union stands further in than the `|` in front of it.
  const isMember = /^[ \t]*\| *\{$/.test(text.slice(text.lastIndexOf('\n', open - 1) + 1, open));
  const outer = `${indentAt(text, open)}${isMember ? '  ' : ''}`;
  const lines = written.map((it) => `${newline}${outer}${unitOf(text)}${it}`).join('');
  return { at: { start: open, end: close }, text: `${lines}${newline}${outer}` };
}

function isTag(node: ts.Node): boolean {
  const name = ts.isPropertySignature(node) || ts.isPropertyAssignment(node) ? node.name.getText() : '';
  return /^(?:type|kind|_tag|__type|eventType|eventName)$/.test(name);
}

function isFunction(node: ts.Node): boolean {
  return ts.isConstructorDeclaration(node) || ts.isMethodDeclaration(node);
}

function lineEnd(text: string, offset: number): number {
  const end = text.slice(offset).search(/\r?\n|$/);
  return offset + end;
}

/** What stands behind the members of a type or class: `;`, `,` or nothing; where none tells, as statements of the file end. */
export function separatorOf(source: ts.SourceFile, members: readonly ts.Node[]): string {
  const last = members.filter((it) => !isFunction(it)).at(-1);
  if (!last) return usesSemicolons(source) ? ';' : '';
  const end = last.getText(source).at(-1) ?? '';
  return end === ';' || end === ',' ? end : '';
}

/** The braces of a node whose members are known. */
export function bracedBy(source: ts.SourceFile, node: ts.Node, members: readonly ts.Node[]): Braced {
  const head = members[0]?.pos ?? source.text.lastIndexOf('{', node.end) + 1;
  return { open: head, close: node.end - 1, members };
}
