// `sagalint new saga`: writes the files of a saga and their test, and never over a file that is there.
import { createInterface } from 'node:readline/promises';
import { join, resolve } from 'node:path';
import { isTaken, packagePath, read, write } from '../disk.ts';
import { howToTest } from '../scaffold/howToTest.ts';
import type { NewFile } from '../scaffold/newSaga.ts';
import { sagaFiles } from '../scaffold/sagaFiles.ts';
import { brokers, stores, usualSteps, type TypedWishes } from '../scaffold/wishes.ts';
import { CommandProblem } from './exit.ts';
import { printableLine } from './printable.ts';

export interface NewSagaOptions {
  readonly steps?: string;
  readonly store?: string;
  readonly broker?: string;
  readonly dir: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** Asks for what the command line leaves open, where somebody can answer. */
export async function newSagaCommand(name: string | undefined, options: NewSagaOptions): Promise<void> {
  const folder = resolve(options.dir);
  const sources = { snippets: packagePath('snippets/sagalint.code-snippets'), read };
  const files = sagaFiles(folder, await typedWishes(name, options), sources);
  if (typeof files === 'string') throw new CommandProblem(files);
  if (options.dryRun !== true) writeAll(folder, files, options.force === true);
  const verb = options.dryRun === true ? 'would write' : 'wrote';
  for (const { name: file } of files)
    process.stdout.write(`${verb} ${printableLine(join(options.dir, file))}\n`);
  const place = { folder, read, node: process.version };
  const command = howToTest(join(options.dir, testOf(files)), place);
  process.stdout.write(`\nRead the saga, then run its test: ${printableLine(command)}\n`);
}

async function typedWishes(name: string | undefined, options: NewSagaOptions): Promise<TypedWishes> {
  const isAnswered = process.stdin.isTTY === true;
  const talk = isAnswered ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  const ask = async (given: string | undefined, question: string, usual: string): Promise<string> => {
    if (given !== undefined) return given;
    const answer = await talk?.question(`${question}${usual === '' ? '' : ` (${usual})`}: `);
    return answer === undefined || answer.trim() === '' ? usual : answer.trim();
  };
  try {
    return {
      name: await ask(name, 'Name of the saga, such as Order', ''),
      steps: await ask(options.steps, 'Steps, each with what undoes it', usualSteps),
      store: await ask(options.store, `Store: ${stores.join(', ')}`, stores[0]),
      broker: await ask(options.broker, `Broker: ${brokers.join(', ')}`, brokers[0]),
    };
  } finally {
    talk?.close();
  }
}

function writeAll(folder: string, files: readonly NewFile[], mayReplace: boolean): void {
  const there = files.find(({ name }) => isTaken(join(folder, name)));
  if (there !== undefined && !mayReplace)
    throw new CommandProblem(`${join(folder, there.name)} is there already. \`--force\` replaces it.`);
  for (const { name, text } of files) {
    const problem = write(join(folder, name), text, mayReplace);
    if (problem !== undefined) throw new CommandProblem(problem);
  }
}

function testOf(files: readonly NewFile[]): string {
  return files.find(({ name }) => name.endsWith('.test.ts'))?.name ?? '';
}
