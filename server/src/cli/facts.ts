// `sagalint facts FILE`: what extraction saw, in the form the fixtures use.
import { resolve } from 'node:path';
import { absolute, read } from '../disk.ts';
import { extract } from '../extract/extract.ts';
import { printFacts } from '../facts/print.ts';
import { CommandProblem } from './exit.ts';

/** Prints the facts of one file; throws a `CommandProblem` where there is none. */
export function facts(path: string): void {
  const file = absolute(resolve(path));
  const text = read(file);
  if (text === undefined) throw new CommandProblem(`there is no file \`${path}\`, or it can't be read.`);
  process.stdout.write(printFacts(extract(file, text)));
}
