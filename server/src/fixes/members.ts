// Inserts members at the start of a braced list: fields of a type, properties of an object, members of a class.
import type { ts } from 'ts-morph';
import type { Edit } from '../text.ts';
import { indentAt, newlineOf, unitOf } from './style.ts';

export interface Braced {
  /** The offset behind the opening brace. */
  readonly open: number;
  /** The offset of the closing brace. */
  readonly close: number;
  readonly members: readonly ts.Node[];
}

/** The members one a line where the list spans lines, else all on its one line. `separator` ends each. */
export function insertMembers(
  source: ts.SourceFile,
  list: Braced,
  members: readonly string[],
  separator: string,
): Edit {
  const { text } = source;
  const inside = text.slice(list.open, list.close);
  const first = list.members[0];
  const isOneLine = first !== undefined && !inside.includes('\n');
  if (isOneLine) {
    const spoken = members.map((it) => `${it}${separator}`).join(' ');
    const start = first.getStart(source);
    return { at: { start, end: start }, text: `${spoken} ` };
  }
  const newline = newlineOf(text);
  const outer = indentAt(text, list.open - 1);
  const inner = first ? indentAt(text, first.getStart(source)) : `${outer}${unitOf(text)}`;
  const lines = members.map((it) => `${newline}${inner}${it}${separator}`).join('');
  const tail = first || inside.includes('\n') ? '' : `${newline}${outer}`;
  return { at: { start: list.open, end: list.open }, text: `${lines}${tail}` };
}

/** What stands behind the members of a type: `;`, `,` or nothing. */
export function separatorOf(source: ts.SourceFile, members: readonly ts.Node[], standard: string): string {
  const last = members.at(-1);
  if (!last) return standard;
  const end = last.getText(source).at(-1) ?? '';
  return end === ';' || end === ',' ? end : members.length > 1 ? '' : standard;
}

/** The braces of a node whose members are known. */
export function bracedBy(source: ts.SourceFile, node: ts.Node, members: readonly ts.Node[]): Braced {
  const head = members[0]?.pos ?? source.text.lastIndexOf('{', node.end) + 1;
  return { open: head, close: node.end - 1, members };
}
