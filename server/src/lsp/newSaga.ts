// `sagalint/newSaga`: the files of a new saga, for the editor to show before it writes them.
import { isTaken, packagePath, read } from '../disk.ts';
import { sagaFiles } from '../scaffold/sagaFiles.ts';
import { pathOf } from './convert.ts';
import type { NewSagaParams, NewSagaResult } from './protocol.ts';

/** Nothing is written here, and nothing is offered over a file that is there. */
export function newSagaIn({ folder, ...typed }: NewSagaParams): NewSagaResult {
  const path = pathOf(folder);
  if (path === undefined)
    return { files: [], problem: 'A saga can be written into a folder of the disk only.' };
  const files = sagaFiles(path, typed, { snippets: packagePath('snippets/sagalint.code-snippets'), read });
  if (typeof files === 'string') return { files: [], problem: files };
  const there = files.find(({ name }) => isTaken(`${path}/${name}`));
  if (there !== undefined) return { files: [], problem: `\`${there.name}\` is there already.` };
  return { files: [...files] };
}
