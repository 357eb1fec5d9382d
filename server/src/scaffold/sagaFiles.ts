// A saga as it would stand in a folder. The caller lends its eyes: this room touches no disk.
import type { FilePath } from '../text.ts';
import { importEndOf } from './importStyle.ts';
import { nearest } from './nearest.ts';
import { newSaga, type NewFile } from './newSaga.ts';
import { readWishes, type TypedWishes } from './wishes.ts';

/** What is read for it: any file, and the snippets. */
export interface Sources {
  readonly snippets: FilePath;
  readonly read: (file: FilePath) => string | undefined;
}

/** The files of the saga, or one sentence that tells why there are none. */
export function sagaFiles(
  folder: FilePath,
  typed: TypedWishes,
  { snippets, read }: Sources,
): readonly NewFile[] | string {
  const wishes = readWishes(typed);
  if (typeof wishes === 'string') return wishes;
  const text = read(snippets);
  if (text === undefined) return 'The snippets are not there: reinstall sagalint.';
  return newSaga({ ...wishes, extension: importEndOf(nearest('tsconfig.json', folder, read)) }, text);
}
