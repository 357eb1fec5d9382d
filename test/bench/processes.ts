// Runs a program to its end: wall time, and the peak of its memory with all its children's.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export interface Run {
  readonly milliseconds: number;
  /** In megabytes; 0 where the system does not tell. */
  readonly peak: number;
  readonly status: number | null;
  readonly output: string;
}

const isTelling = process.platform === 'linux';

/** Runs a command; its output is kept and not shown. */
export function run({ program, args, cwd }: Command): Promise<Run> {
  const started = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', () => undefined);
  child.stderr.on('data', (data) => (output = (output + String(data)).slice(-2000)));
  let peak = 0;
  const look = (): void => void (peak = Math.max(peak, memoryOf(child.pid, 'VmHWM')));
  const timer = isTelling ? setInterval(look, 10) : undefined;
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (status) => {
      clearInterval(timer);
      done({ milliseconds: performance.now() - started, peak, status, output });
    });
  });
}

/** Memory of a process and its children in megabytes: `VmRSS` now, `VmHWM` at the most. */
export function memoryOf(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): number {
  if (pid === undefined) return 0;
  const status = readOf(`/proc/${pid}/status`);
  const own = Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  const children = readOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return children.reduce((sum, it) => sum + memoryOf(Number(it), what), own);
}

function readOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
