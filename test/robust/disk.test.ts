// What a disk does to a program: it fills up, loses the ends of files, has a wrong clock, and is written by others meanwhile.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Printed } from '../../server/src/cli/reports/checked.ts';
import { RunCache } from '../../server/src/cli/runCache.ts';
import { FactsCache } from '../../server/src/workspace/factsCache.ts';
import { folderWith, sagalint } from '../cli/command.ts';

const command = join(import.meta.dirname, '../../bin/sagalint.cjs');
const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const cached = (folder: string, kept: string): string =>
  sagalint(['check', folder, '--format', 'json', '--cache-location', kept]).out;

/** Runs the command where no file may grow beyond some blocks of 512 bytes: the system refuses the rest of a write. */
function checkOnFullDisk(folder: string, kept: string, blocks: number): string {
  const limited = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const args = [command, 'check', folder, '--format', 'json', '--cache-location', kept];
  return spawnSync('sh', ['-c', limited, process.execPath, ...args], { encoding: 'utf8' }).stdout;
}

it.skipIf(process.platform === 'win32')(
  'answers the same on a full disk, and leaves no half of a file',
  () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`src/events/placed${at}.ts`, placed]),
    );
    const folder = folderWith(many);
    const first = cached(folder, folderWith({}));
    for (const blocks of [0, 1, 8]) {
      const kept = folderWith({});
      expect(checkOnFullDisk(folder, kept, blocks)).toBe(first);
      expect(readdirSync(kept)).toEqual([]);
      expect(cached(folder, kept)).toBe(first);
      expect(readdirSync(kept).length).toBe(2);
      // What was kept before the disk was full stays whole.
      writeFileSync(join(folder, 'src/events/more.ts'), placed.replace('Placed', `Moved${blocks}`));
      const next = cached(folder, folderWith({}));
      expect(next).not.toBe(first);
      expect(checkOnFullDisk(folder, kept, blocks)).toBe(next);
      rmSync(join(folder, 'src/events/more.ts'));
    }
  },
);

it.skipIf(!existsSync('/proc/self'))('gives up where the system refuses a folder', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  expect(cached(folder, '/proc/none/cache')).toBe(cached(folder, folderWith({})));
  const { err, status } = sagalint(['new', 'saga', 'Order', '--dir', '/proc/none/saga']);
  expect(err).toContain('/proc/none/saga');
  expect(err).toContain("can't be written");
  expect(status).toBe(2);
});

it('believes no answer that is cut off at any byte, or of another build', () => {
  const kept = folderWith({});
  const cache = (): RunCache => new RunCache(kept, 'build-1', ['/shop']);
  const key = cache().keyOf('given');
  cache().keep(key, answer, new FactsCache(undefined, 'build-1'));
  expect(cache().find(key)).toEqual(answer);
  const ofAnotherBuild = new RunCache(kept, 'build-2', ['/shop']);
  expect(ofAnotherBuild.find(ofAnotherBuild.keyOf('given'))).toBeUndefined();
  const [file = ''] = readdirSync(kept).map((it) => join(kept, it));
  const whole = readFileSync(file, 'utf8');
  for (let end = 0; end < whole.length; end += 1) {
    writeFileSync(file, whole.slice(0, end));
    expect(cache().find(key)).toBeUndefined();
  }
});

it('takes the signs of a .gitignore for what they mean there', () => {
  const folder = folderWith({
    '.gitignore': 'made+typed/\n(drafts)/\n{old}/\n!c++/\n',
    ...Object.fromEntries(
      ['made+typed', '(drafts)', '{old}', 'c++'].map((it) => [`${it}/placed.ts`, placed]),
    ),
  });
  const { out } = sagalint(['check', folder, '--format', 'json', '--no-cache']);
  expect(out.match(/"file": "[^"]*"/g)).toEqual(['"file": "c++/placed.ts"']);
});

// Windows has neither in a folder.
it.skipIf(process.platform === 'win32')('reads no pipe and no device that lies where a cache should', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({});
  const first = cached(folder, kept);
  const names = readdirSync(kept);
  const again = (): string =>
    sagalint(['check', folder, '--format', 'json', '--cache-location', kept], { timeout: 20_000 }).out;
  for (const it of names) {
    rmSync(join(kept, it));
    symlinkSync('/dev/zero', join(kept, it));
    expect(again()).toBe(first);
    rmSync(join(kept, it));
    expect(spawnSync('mkfifo', [it], { cwd: kept }).status).toBe(0);
    expect(again()).toBe(first);
  }
});

// Windows has no such modes: there the user's own folder keeps others out.
it.skipIf(process.platform === 'win32')('keeps what it found out where nobody else reads it', () => {
  const kept = join(folderWith({}), 'deep/cache');
  cached(folderWith({ 'src/placed.ts': placed }), kept);
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  expect([modeOf(kept), modeOf(dirname(kept))]).toEqual([0o700, 0o700]);
  expect(readdirSync(kept).map((it) => modeOf(join(kept, it)))).toEqual([0o600, 0o600]);
});

const at = { start: 17, end: 33 };
const none = { all: 0, named: 0, relayed: 0 };
const answer: Printed = {
  findings: [
    {
      ruleId: 'missing-event-metadata',
      severity: 'warning',
      file: '/shop/src/placed.ts',
      at,
      symbol: 'OrderPlaced',
      message: 'OrderPlaced has no event id.',
      help: 'Add it.',
      related: [{ file: '/shop/src/placed.ts', at, message: 'Here.' }],
      fixes: [{ title: 'Add eventId' }],
    },
  ],
  failures: [],
  files: 1,
  shown: 1,
  seen: { events: 1, producers: none, consumers: none, sagas: 0, unnamed: [], gaps: 0, skipped: [] },
};

it('looks at texts, not at clocks', () => {
  const kept = folderWith({});
  const folder = folderWith({ 'src/placed.ts': placed });
  const file = join(folder, 'src/placed.ts');
  const renamed = placed.replace('Placed', 'Packed');
  expect(renamed).toHaveLength(placed.length);
  for (const [text, time] of [
    [placed, '2026-01-01'],
    [renamed, '2026-01-01'],
    [placed, '1980-01-01'],
    [renamed, '2200-01-01'],
  ] as const) {
    writeFileSync(file, text);
    utimesSync(file, new Date(time), new Date(time));
    expect(cached(folder, kept)).toContain(text === placed ? 'OrderPlaced' : 'OrderPacked');
    expect(cached(folder, kept)).toContain(text === placed ? 'OrderPlaced' : 'OrderPacked');
  }
});

it(
  'lives through files that change while they are read, and says afterwards what holds then',
  { timeout: 120_000 },
  async () => {
    const names = Array.from({ length: 30 }, (_, number) => `src/events/placed${number}.ts`);
    const folder = folderWith(Object.fromEntries(names.map((it) => [it, placed])));
    const kept = folderWith({});
    const other = spawn(process.execPath, ['-e', meddling, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    // Also where the test fails: it would meddle for ever.
    onTestFinished(() => void other.kill());
    const ended = once(other, 'exit');
    await once(other.stdout, 'data');
    for (let run = 0; run < 5; run += 1) {
      const { out, err, status } = sagalint(['check', folder, '--format', 'json', '--cache-location', kept]);
      expect(err).toBe('');
      expect([0, 1]).toContain(status);
      expect(() => JSON.parse(out)).not.toThrow();
    }
    other.kill();
    await ended;
    expect(cached(folder, kept)).toBe(cached(folder, folderWith({})));
  },
);

/** Writes, cuts off, moves and deletes the files of a folder until it is killed. */
const meddling = `
const fs = require('node:fs');
const folder = process.argv[1] + '/src/events';
const texts = ['export interface OrderPlacedEvent { orderId: string }\\n', 'export interface CardChargedEvent { id: string }\\n', '', 'export interface {'];
fs.writeSync(1, 'started');
for (let step = 0; ; step += 1) {
  const file = folder + '/placed' + ((step * 7) % 30) + '.ts';
  const text = texts[step % texts.length];
  if (step % 11 === 0) fs.rmSync(file, { force: true });
  else if (step % 5 === 0) { fs.writeFileSync(folder + '/draft', text); fs.renameSync(folder + '/draft', file); }
  else fs.writeFileSync(file, text);
  if (step % 50 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}`;

it('lists 100,000 files in one folder', { timeout: 300_000 }, () => {
  const folder = folderWith({ 'src/events/placed.ts': placed });
  const rows = join(folder, 'src/rows');
  mkdirSync(rows);
  // Names are what counts here, and links are made faster than files; a file system has no more than 65,000 to one.
  for (let number = 0; number < 100_000; number += 1) {
    const first = join(rows, `row${number - (number % 50_000)}.ts`);
    if (number % 50_000 === 0) writeFileSync(first, 'export {};\n');
    else linkSync(first, join(rows, `row${number}.ts`));
  }
  const { out, status } = sagalint(['check', folder, '--format', 'json', '--no-cache']);
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ files: 100_001, findings: [{ ruleId: 'missing-event-metadata' }] });
});
