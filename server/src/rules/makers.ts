// Where a type's values may be written: the files that import it, and those that hand literals to them. By names alone, for a fix
// looks at the types before it changes anything.
import { importersOf } from '../model/importers.ts';
import type { EventModel, TypeNode } from '../model/model.ts';
import type { FilePath } from '../text.ts';

/** Beyond so many files a fix would keep the user waiting. */
const most = 60;

/** The files that may make values of a type, nearest first. */
export function makersOf(model: EventModel, { file, fact }: TypeNode): readonly FilePath[] {
  const importers = (name: string): readonly FilePath[] => importersOf(model, name);
  const exportsOf = (path: FilePath): readonly string[] =>
    (model.files.get(path)?.exports ?? []).flatMap((it) => (it.from === undefined ? [it.name] : []));
  const near = [file, ...importers(fact.name)];
  // What is derived from it beside it: the type of a schema, the union around a member.
  const beside = exportsOf(file).flatMap(importers);
  const far = [...near, ...beside].slice(0, most).flatMap(exportsOf).flatMap(importers);
  return [...new Set([...near, ...beside, ...far])].slice(0, most);
}
