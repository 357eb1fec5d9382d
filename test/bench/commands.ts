// Whole processes, interleaved: each round runs every program once, so that all see the same machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './numbers.ts';
import { run, type Run } from './processes.ts';
import { programs, type Program } from './programs.ts';

export interface Measured {
  readonly name: string;
  readonly milliseconds: number;
  /** Time over oxlint's in the same round: the median of all rounds. */
  readonly ratio: number | undefined;
  readonly peak: number;
  readonly rounds: number;
}

/** Runs all programs that suit a workspace of `files` files. */
export async function measureCommands(
  root: string,
  { files, hasProject, rounds }: { files: number; hasProject: boolean; rounds: number },
): Promise<readonly Measured[]> {
  const suited = programs().filter(
    (it) => files <= (it.most ?? Infinity) && (hasProject || it.needsProject !== true),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'sagalint-bench-cache-'));
  for (const it of suited.filter((program) => program.isWarm)) await run(it.command(root, scratch));
  const runs = new Map<Program, Map<number, Run>>(suited.map((it) => [it, new Map()]));
  for (let round = 0; round < rounds; round += 1) {
    // A program that takes long needs fewer rounds for the same certainty.
    for (const it of suited.filter((program) => isWanted(runs.get(program), round)))
      runs.get(it)?.set(round, await run(it.command(root, scratch)));
  }
  rmSync(scratch, { recursive: true, force: true });
  const base = [...runs].find(([it]) => it.name === 'oxlint')?.[1];
  return [...runs].map(([it, own]) => summed(it.name, own, base));
}

/** Those over ten seconds run once, those over three seconds thrice. */
function isWanted(runs: ReadonlyMap<number, Run> | undefined, round: number): boolean {
  const first = runs?.get(0)?.milliseconds ?? 0;
  return round < (first > 10_000 ? 1 : first > 3_000 ? 3 : Infinity);
}

function summed(
  name: string,
  runs: ReadonlyMap<number, Run>,
  base: ReadonlyMap<number, Run> | undefined,
): Measured {
  const failed = [...runs.values()].find((it) => it.status === null || it.status > 2);
  if (failed) console.error(`${name} failed: ${failed.output}`);
  const ratios = [...runs].flatMap(([round, it]) => {
    const peer = base?.get(round);
    return peer ? [it.milliseconds / peer.milliseconds] : [];
  });
  return {
    name,
    milliseconds: median([...runs.values()].map((it) => it.milliseconds)),
    ratio: ratios.length > 0 ? median(ratios) : undefined,
    peak: Math.max(...[...runs.values()].map((it) => it.peak)),
    rounds: runs.size,
  };
}
