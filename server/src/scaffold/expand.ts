// Expands a VS Code snippet as the editor does once every stop has been left: `typed` gives what the
// user typed at a stop, the defaults stand for the rest. It knows the syntax that our snippets use.
import { impossible } from '../impossible.ts';

/** Expands the body; a leading tab becomes two spaces. */
export function expandSnippet(body: readonly string[], typed: Readonly<Record<number, string>> = {}): string {
  const parts = parse(body.join('\n'));
  const values = new Map(Object.entries(typed).map(([index, value]) => [Number(index), value]));
  for (const { index, text } of parts) {
    if (index !== null && text !== null && !values.has(index)) values.set(index, text);
  }
  const expanded = parts.map((part) => {
    if (part.index === null) return part.text ?? '';
    const value = values.get(part.index) ?? impossible(`stop ${part.index} has no default`);
    return part.transform === null ? value : transform(value, part.transform);
  });
  return expanded.join('').replace(/^\t+/gm, (it) => '  '.repeat(it.length));
}

interface Part {
  readonly index: number | null;
  readonly text: string | null;
  readonly transform: string | null;
}

const syntax =
  /\$\{(?<index>\d+)(?:\}|:(?<text>(?:\\.|[^\\}])*)\}|\|(?<choices>(?:\\.|[^\\|])*)\|\}|\/(?<transform>.*?\/g?)\})(?!\/)/;

function parse(text: string): Part[] {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== '') {
    const plain = /^(?:\\[\\$}]|[^\\$}]|\\)+/.exec(rest)?.[0];
    const stop = new RegExp(`^${syntax.source}`).exec(rest);
    if (plain !== undefined) parts.push({ index: null, text: unescape(plain), transform: null });
    else if (stop !== null) parts.push(readStop(stop.groups ?? {}));
    else throw new Error(`Not a snippet from here on: ${rest.slice(0, 40)}`);
    rest = rest.slice(plain?.length ?? stop?.[0].length ?? rest.length);
  }
  return parts;
}

function readStop({ index, text, choices, transform: how }: Record<string, string | undefined>): Part {
  const first = choices?.split(/(?<!\\),/)[0]?.replace(/\\([\\,|])/g, '$1');
  return {
    index: Number(index),
    text: text === undefined ? (first ?? null) : unescape(text),
    transform: how ?? null,
  };
}

function unescape(text: string): string {
  return text.replace(/\\([\\$}])/g, '$1');
}

function transform(value: string, how: string): string {
  const [pattern = '', flags = ''] = [how.slice(0, how.indexOf('/')), how.slice(how.lastIndexOf('/') + 1)];
  const format = how.slice(how.indexOf('/') + 1, how.lastIndexOf('/'));
  return value.replace(new RegExp(pattern, flags), (...groups: unknown[]) =>
    format.replace(/\$\{(\d)(?::(\/\w+|\+[^}]*))?\}/g, (_, index: string, change: string | undefined) => {
      const group = groups[Number(index)];
      return typeof group === 'string' && group !== '' ? reshape(group, change) : '';
    }),
  );
}

function reshape(group: string, change: string | undefined): string {
  if (change === undefined) return group;
  if (change.startsWith('+')) return change.slice(1);
  if (change === '/upcase') return group.toUpperCase();
  if (change === '/downcase') return group.toLowerCase();
  if (change === '/camelcase') return group.charAt(0).toLowerCase() + group.slice(1);
  if (change === '/capitalize') return group.charAt(0).toUpperCase() + group.slice(1);
  throw new Error(`Unknown change ${change}`);
}
