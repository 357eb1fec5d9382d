// In which units client and server count columns. Ours are UTF-16 code units; what a client asks for otherwise is converted here.
import type { InitializeParams, PositionEncodingKind } from 'vscode-languageserver';

export type Encoding = 'utf-16' | 'utf-8' | 'utf-32';

/** The first of the client's own order that we know; UTF-16 where it says nothing. */
export function encodingOf({ capabilities }: InitializeParams): Encoding {
  const wanted: readonly PositionEncodingKind[] = capabilities.general?.positionEncodings ?? [];
  return wanted.find(isKnown) ?? 'utf-16';
}

function isKnown(kind: PositionEncodingKind): kind is Encoding {
  return kind === 'utf-16' || kind === 'utf-8' || kind === 'utf-32';
}

/** How many units a part of a text has. */
export function unitsIn(text: string, start: number, end: number, encoding: Encoding): number {
  if (encoding === 'utf-16') return end - start;
  let units = 0;
  for (const character of text.slice(start, end)) units += unitsOf(character, encoding);
  return units;
}

/** The UTF-16 column of a column in other units, in the line from `start` to `end`; inside of a character it is that one's start. */
export function columnAt(
  text: string,
  start: number,
  end: number,
  column: number,
  encoding: Encoding,
): number {
  if (encoding === 'utf-16') return column;
  let [units, offset] = [0, start];
  while (offset < end) {
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    units += unitsOf(character, encoding);
    if (units > column) break;
    offset += character.length;
  }
  return offset - start;
}

function unitsOf(character: string, encoding: Encoding): number {
  if (encoding === 'utf-32') return 1;
  return encoding === 'utf-8' ? Buffer.byteLength(character) : character.length;
}
