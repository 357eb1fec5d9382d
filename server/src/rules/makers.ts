// Where a type's values may be written: the files that import it, and those that hand literals to them. By names alone, for a fix
// looks at the types before it changes anything.
import { aboutFiles } from '../model/incremental/about.ts';
import type { EventModel, TypeNode } from '../model/model.ts';
import { importersOf } from '../model/resolution/importers.ts';
import type { FilePath } from '../text.ts';

/** Beyond so many files a fix would keep the user waiting. */
const most = 60;

/** The files that may make values of a type, nearest first. */
export function makersOf(model: EventModel, { file, fact }: TypeNode): readonly FilePath[] {
  // A file may export thousands of names, and each of them may be asked about.
  const usersOf = aboutFiles(
    model,
    'importers of all that it exports',
    ({ exports }): readonly FilePath[] => {
      const names = exports.flatMap((it) => (it.from === undefined ? [it.name] : []));
      return [...new Set(names.flatMap((it) => importersOf(model, it)))];
    },
  );
  const usersOfFile = (path: FilePath): readonly FilePath[] => {
    const facts = model.files.get(path);
    return facts ? usersOf(facts) : [];
  };
  const near = [file, ...importersOf(model, fact.name)];
  // What is derived from it beside it: the type of a schema, the union around a member.
  const beside = [...near, ...usersOfFile(file)];
  const far = beside.slice(0, most).flatMap(usersOfFile);
  return [...new Set([...beside, ...far])].slice(0, most);
}
