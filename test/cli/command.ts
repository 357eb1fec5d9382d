// Runs the built command as a user's shell would, in folders of its own.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const root = join(import.meta.dirname, '../..');
const cache = mkdtempSync(join(tmpdir(), 'sagalint-cli-cache-'));
const made: string[] = [cache];

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `sagalint` with these arguments to its end; one that takes longer than `timeout` milliseconds has no status. */
export function sagalint(
  args: readonly string[],
  { cwd = root, env = {}, timeout = 0 }: { cwd?: string; env?: NodeJS.ProcessEnv; timeout?: number } = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/sagalint.cjs'), ...args], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: cache, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
    encoding: 'utf8',
    timeout,
  });
  return { status, out: stdout, err: stderr };
}

/** A folder with these files, removed when the tests of the file are done. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sagalint-cli-')));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A copy of one of our examples. */
export function exampleCopy(name: string): string {
  const folder = folderWith({});
  cpSync(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  return folder;
}

afterAll(() => {
  for (const it of made.splice(0)) rmSync(it, { recursive: true, force: true });
});
