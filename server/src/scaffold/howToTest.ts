// How a user runs the test of a new saga. Node alone runs it where it takes the files as they stand: from 22.18,
// where imports name `.ts` files, and where no package says that they are CommonJS. Elsewhere tsx does.
import { parsed } from '../config/json.ts';
import type { FilePath } from '../text.ts';
import { importEndOf } from './importStyle.ts';
import { nearest } from './nearest.ts';

/** What is to be known of the place: its files, and the version of the user's Node. */
export interface TestPlace {
  readonly folder: FilePath;
  readonly read: (file: FilePath) => string | undefined;
  readonly node: string;
}

/** Gives the command, and what it needs besides where this Node is too old for it. */
export function howToTest(test: FilePath, { folder, read, node }: TestPlace): string {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const isFrom = (wantedMajor: number, wantedMinor: number): boolean =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  const isPlain = importEndOf(nearest('tsconfig.json', folder, read)) === '.ts' && !isCommonJs(folder, read);
  if (isPlain && isFrom(22, 18)) return `node --test ${test}`;
  const command = `npx tsx --test ${test}`;
  return isFrom(22, 13) ? command : `${command} (with Node 22.13 or newer: this one, ${node}, has no SQLite)`;
}

function isCommonJs(folder: FilePath, read: TestPlace['read']): boolean {
  const manifest = parsed(nearest('package.json', folder, read));
  return typeof manifest === 'object' && manifest !== null && Reflect.get(manifest, 'type') === 'commonjs';
}
