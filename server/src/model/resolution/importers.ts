// Which files import something of a name, wherever it comes from.
import type { FilePath } from '../../text.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { EventModel } from '../model.ts';

/** The files that import the name, in the order of their paths. */
export function importersOf({ keeper, files }: EventModel, name: string): readonly FilePath[] {
  return keeper.index(files, importers)(name);
}

const importers: Indexed<string, FilePath> = {
  question: 'importers',
  of: ({ file, imports }) => new Map(imports.map((it) => [it.name, file])),
  isSame: Object.is,
};
