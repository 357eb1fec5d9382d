// Text with names, links and tables in it, as Markdown or plain. Names come from code that nobody vouches for: whatever stands in
// them is shown, and means nothing to whoever renders it.
import type { Place } from '../text.ts';

/** A piece of a line. A `text` is ours, and free of signs that mean something in Markdown. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly to: Place };

export type Line = readonly Piece[];

export type Block =
  | { readonly kind: 'line'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  /** The first row is the head. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly Line[])[] };

/** How a place is called, and the address that opens it. */
export interface Link {
  readonly label: string;
  readonly address: string;
}

export type LinkOf = (place: Place) => Link;

/** As CommonMark with tables. */
export function markdownOf(blocks: readonly Block[], linkOf: LinkOf): string {
  const print = (line: Line): string => line.map((it) => markdownPiece(it, linkOf)).join('');
  return blocks.map((it) => markdownBlock(it, print)).join('\n\n');
}

/** For editors that render nothing. */
export function plainTextOf(blocks: readonly Block[], linkOf: LinkOf): string {
  const print = (line: Line): string =>
    line.map((it) => (it.kind === 'link' ? linkOf(it.to).label : shown(it.text))).join('');
  return blocks.map((it) => plainBlock(it, print)).join('\n\n');
}

/** Names that are longer are cut. */
const longest = 120;

/** On one line, without signs that no reader sees. */
function shown(text: string): string {
  const visible = text.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, ' ');
  return visible.length > longest ? `${visible.slice(0, longest)}…` : visible;
}

function markdownBlock(block: Block, print: (line: Line) => string): string {
  if (block.kind === 'line') return print(block.line);
  if (block.kind === 'list') return block.items.map((it) => `- ${print(it)}`).join('\n');
  const [head = [], ...rows] = block.rows;
  const row = (cells: readonly Line[]): string => `| ${cells.map((it) => inCell(print(it))).join(' | ')} |`;
  return [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** In a table a bar ends the cell, even inside of code, unless an odd number of backslashes stands before it. */
function inCell(text: string): string {
  return text.replace(/(\\*)\|/g, (all, before: string) => (before.length % 2 === 1 ? all : `${before}\\|`));
}

function markdownPiece(piece: Piece, linkOf: LinkOf): string {
  if (piece.kind === 'code') return codeSpan(shown(piece.text));
  if (piece.kind === 'strong') return `**${piece.text}**`;
  if (piece.kind === 'text') return piece.text;
  const { label, address } = linkOf(piece.to);
  return `[${escaped(shown(label))}](${addressed(address)})`;
}

/** Between more backticks than stand in it; blanks around it keep those at its ends apart, and are not shown. */
function codeSpan(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((it) => it.length)) + 1);
  const isPadded = text.trim() === '' || /^[` ]|[` ]$/.test(text);
  return isPadded ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

/** What could mean something inside of a link. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>&~|!]/g, '\\$&');
}

function addressed(address: string): string {
  return address.replace(/[\s()<>\\|]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function plainBlock(block: Block, print: (line: Line) => string): string {
  if (block.kind === 'line') return print(block.line);
  if (block.kind === 'list') return block.items.map((it) => `- ${print(it)}`).join('\n');
  return block.rows.map((cells) => cells.map(print).join(' | ')).join('\n');
}
