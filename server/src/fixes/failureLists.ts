// The fields of a failure event: which of the success's make sense, and how a list is written anew in its own layout.
import { ts } from 'ts-morph';
import { stemOf, wordsOf } from '../model/names/names.ts';
import type { Draft } from './failureDraft.ts';
import type { Rename } from './failureNames.ts';

const metadata =
  /^(?:_?_?type|event_?type|event_?name|name|kind|subject|topic|event|detail_?type|source|occurred_?(?:at|on)|timestamp|time|emitted_?at|published_?at|raised_?at|event_?time|date_?time_?occurred|(?:schema_?|event_?|spec_?|message_?)?version|v|meta|metadata|headers?|context|envelope|traceparent|(?:correlation|causation|trace)\w*|uuid|aggregate\w*|tenant)$/i;

/** Ids and metadata make sense in a failure; what the step would have brought about (its own id, amounts, times) does not. */
export function keeperOf(rename: Rename, text: string): (name: string) => boolean {
  const failure = /\b\w*Fail(?:ed|ure)\w*\b/.exec(rename(text))?.[0] ?? '';
  const words = wordsOf(failure);
  const result = stemOf(words[words.findIndex((it) => it.startsWith('fail')) - 1] ?? '');
  return (raw) => {
    const name = raw.replace(/^['"`]|['"`]$/g, '');
    if (metadata.test(name)) return true;
    const parts = wordsOf(name);
    if (parts.at(-1) !== 'id' && parts.at(-1) !== 'uuid') return false;
    return parts.length === 1 || stemOf(parts.at(-2) ?? '') !== result;
  };
}

interface NewList {
  readonly kept: readonly ts.Node[];
  /** Put behind what is kept; parameters that must come earlier are placed by `at`. */
  readonly added: readonly string[];
  readonly at?: number;
  readonly separator: ';' | ',';
}

/** Writes a list of members anew: one a line if it was, with the separators it had. */
export function rebuildList({ source, edits }: Draft, list: ts.NodeArray<ts.Node>, next: NewList): void {
  const [first] = list;
  const kept = next.kept.filter((it) => !isReason(it));
  const texts = kept.map((it) => it.getText(source).replace(/[;,]$/, ''));
  texts.splice(next.at ?? texts.length, 0, ...next.added);
  if (!first) {
    const isBlock = next.separator === ';' || source.text[list.pos - 1] === '{';
    const text = isBlock ? ` ${texts.join(`${next.separator} `)} ` : texts.join(', ');
    edits.push({ at: { start: list.pos, end: list.end }, text });
    return;
  }
  const separator = separatorOf(source, list, next.separator);
  const isEnded = list.hasTrailingComma === true || /[;,]$/.test(source.text.slice(0, list.end));
  const lead = leadOf(source, list, first);
  const isLined = lead.includes('\n');
  const body = texts.join(isLined ? `${separator}${lead}` : `${separator} `);
  edits.push({ at: { start: list.pos, end: list.end }, text: `${lead}${body}${isEnded ? separator : ''}` });
}

/** Members of one type may be separated by `;`, `,` or line ends alone. */
function separatorOf(source: ts.SourceFile, list: ts.NodeArray<ts.Node>, usual: ';' | ','): string {
  if (usual === ',') return ',';
  const [first] = list;
  const end = first ? source.text[first.end - 1] : usual;
  if (end === ',' || end === ';') return end;
  return list.length > 1 ? '' : usual;
}

/** The blanks before the first item: on a line of its own, a line end with the indentation. */
function leadOf(source: ts.SourceFile, list: ts.NodeArray<ts.Node>, first: ts.Node): string {
  const before = source.text.slice(list.pos, first.getStart(source));
  const line = /\r?\n[ \t]*$/.exec(before)?.[0];
  return line ?? (/^\s*$/.test(before) ? before : ' ');
}

/** A reason of its own is written anew. */
function isReason(node: ts.Node): boolean {
  const name =
    ts.isPropertySignature(node) || ts.isParameter(node) || ts.isPropertyAssignment(node)
      ? node.name
      : undefined;
  return name !== undefined && ts.isIdentifier(name) && name.text === 'reason';
}
