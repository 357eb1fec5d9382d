// Puts a comment that suppresses a rule above a line or on top of a file. The user says why.
import { lineColumn, lineStarts, type Edit } from '../text.ts';

/** Suppresses a rule on the line of an offset. A comment that already suppresses others there names it too. */
export function suppressOnLine(text: string, ruleId: string, offset: number): Edit {
  const starts = lineStarts(text);
  const { line } = lineColumn(starts, offset);
  const start = starts[line] ?? 0;
  const above = line === 0 ? '' : text.slice(starts[line - 1], start);
  const known = /sagalint-disable-next-line[ \t]+[^\s-](?:(?!\s--\s|\*\/)[^\r\n])*/.exec(above);
  if (known) {
    const end = start - above.length + known.index + known[0].trimEnd().length;
    return { at: { start: end, end }, text: `, ${ruleId}` };
  }
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  return insert(start, `${indent}// sagalint-disable-next-line ${ruleId} -- say why${newlineOf(text)}`);
}

/** Suppresses a rule in the whole file. */
export function suppressInFile(text: string, ruleId: string): Edit {
  const start = text.startsWith('#!') ? (lineStarts(text)[1] ?? text.length) : 0;
  return insert(start, `// sagalint-disable-file ${ruleId} -- say why${newlineOf(text)}`);
}

function insert(offset: number, text: string): Edit {
  return { at: { start: offset, end: offset }, text };
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
