// The sources of the snippets as files, expanded: as they stand, or with other words typed at every stop.
import { impossible } from '../server/src/impossible.ts';
import { snippetBody } from '../tools/gen/snippets.ts';
import type { SnippetSource, Stop } from '../tools/gen/snippets.ts';
import { expandSnippet } from '../server/src/scaffold/expand.ts';

/** What is typed over a default; of a choice, the last one is taken. */
export type Typed = Readonly<Record<string, string>>;

/** Only what the editor would insert. */
export function expandedBody({ file, body, stops }: SnippetSource, typed: Typed = {}): string {
  return expand({ file, body, stops }, typed);
}

/** The file: the body where it is used, with its imports, which name what the snippets before it declare. */
export function expandedFile(
  source: SnippetSource,
  all: readonly SnippetSource[],
  typed: Typed = {},
): string {
  const [before, after] = source.around;
  const stops = stopsWithThoseBefore(source, all);
  const text = before + indented(source) + after;
  // What is typed names code, never our files.
  const paths = text.match(ownImport) ?? [];
  return expand({ file: source.file, stops, body: text }, typed).replace(
    ownImport,
    () => paths.shift() ?? impossible('an import has gone'),
  );
}

const ownImport = /(?<=from )'\.\/.*\.ts'/g;

function indented({ around: [before], body }: SnippetSource): string {
  return before.trimEnd().endsWith('[') ? `${body.replace(/^(?=.)/gm, '  ')}\n` : `${body}\n`;
}

/** What is typed in one snippet is typed in those that it builds on too. */
function stopsWithThoseBefore(source: SnippetSource, all: readonly SnippetSource[]): Stop[] {
  const stops = [...source.stops];
  for (const name of source.after) {
    const before = all.find((it) => it.name === name) ?? impossible(`there is no snippet ${name}`);
    for (const { choices } of stopsWithThoseBefore(before, all)) {
      const isNew = /^[A-Z]\w+$/.test(choices[0]) && stops.every((it) => it.choices[0] !== choices[0]);
      if (isNew) stops.push({ index: 100 + stops.length, choices });
    }
  }
  return stops;
}

function expand(source: Pick<SnippetSource, 'file' | 'stops' | 'body'>, typed: Typed): string {
  const used = source.stops.filter(({ choices: [word] }) => source.body.includes(word));
  return expandSnippet(snippetBody({ ...source, stops: used }).split('\n'), valuesOf(used, typed));
}

function valuesOf(stops: readonly Stop[], typed: Typed): Record<number, string> {
  const entries = stops.map(({ index, choices }): [number, string] => {
    const last = Object.keys(typed).length > 0 ? choices.at(-1) : undefined;
    return [index, typed[choices[0]] ?? last ?? choices[0]];
  });
  return Object.fromEntries(entries);
}
