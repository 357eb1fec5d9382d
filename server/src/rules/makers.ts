// Where a type's values may be written: the files that import it, and those that hand literals to them. By names alone, for a fix
// looks at the types before it changes anything.
import type { EventModel, TypeNode } from '../model/model.ts';
import type { FilePath } from '../text.ts';

/** Beyond so many files a fix would keep the user waiting. */
const most = 60;

/** Answers for a type which files may make its values, nearest first. */
export type MakersOf = (node: TypeNode) => readonly FilePath[];

/** Indexes the imports of all files once, when first asked. */
export function makersIn(model: EventModel): MakersOf {
  let index: ReadonlyMap<string, readonly FilePath[]> | undefined;
  const importersOf = (name: string): readonly FilePath[] => (index ??= importersIn(model)).get(name) ?? [];
  const exportsOf = (file: FilePath): readonly string[] =>
    (model.files.get(file)?.exports ?? []).flatMap((it) => (it.from === undefined ? [it.name] : []));
  return ({ file, fact }) => {
    const near = [file, ...importersOf(fact.name)];
    // What is derived from it beside it: the type of a schema, the union around a member.
    const beside = exportsOf(file).flatMap(importersOf);
    const far = [...near, ...beside].slice(0, most).flatMap(exportsOf).flatMap(importersOf);
    return [...new Set([...near, ...beside, ...far])].slice(0, most);
  };
}

function importersIn({ files }: EventModel): ReadonlyMap<string, readonly FilePath[]> {
  const found = new Map<string, FilePath[]>();
  for (const { file, imports } of [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1))) {
    for (const name of new Set(imports.map((it) => it.name))) {
      const known = found.get(name);
      if (known) known.push(file);
      else found.set(name, [file]);
    }
  }
  return found;
}
