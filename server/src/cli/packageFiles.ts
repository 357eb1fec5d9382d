// The files that come with the package, found from the bundle in dist/ and from the sources alike.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The path of a file of the package: `packagePath('docs/rules/dual-write.md')`. */
export function packagePath(name: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, name);
}
