// What goes wrong around the program: odd bytes, a cache that others write or forge, several programs at once.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { writeNotices } from '../../tools/notices.mjs';
import { sealed } from '../../server/src/cli/runCache.ts';
import { read } from '../../server/src/disk.ts';
import { folderWith, sagalint, type Ran } from '../cli/command.ts';

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const command = join(import.meta.dirname, '../../bin/sagalint.cjs');

describe('a text on the disk', () => {
  const folder = folderWith({});
  const reading = (name: string, bytes: Buffer): string | undefined => {
    writeFileSync(join(folder, name), bytes);
    return read(join(folder, name));
  };

  it('is read whatever says how it is encoded', () => {
    const big = Buffer.from(`\uFEFF${placed}`, 'utf16le').swap16();
    expect(reading('utf8.ts', Buffer.from(`\uFEFF${placed}`))).toBe(placed);
    expect(reading('utf16.ts', Buffer.from(`\uFEFF${placed}`, 'utf16le'))).toBe(placed);
    expect(reading('utf16be.ts', big)).toBe(placed);
  });

  it('is read where bytes are no characters, and is none where it is binary or too large', () => {
    const latin = Buffer.concat([Buffer.from('// caf'), Buffer.from([0xe9]), Buffer.from(`\n${placed}`)]);
    expect(reading('latin1.ts', latin)).toBe(`// caf\uFFFD\n${placed}`);
    expect(reading('binary.ts', Buffer.from([1, 0, 2]))).toBeUndefined();
    expect(reading('huge.ts', Buffer.alloc(20_000_000, 'x'))).toBeUndefined();
  });
});

it('gives one answer where several commands share a cache', async () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({});
  const run = async (): Promise<string> => {
    const args = [
      command,
      'check',
      folder,
      '--format',
      'json',
      '--fail-on',
      'never',
      '--cache-location',
      kept,
    ];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  };
  const answers = await Promise.all([run(), run(), run(), run()]);
  expect(new Set([...answers, await run()]).size).toBe(1);
  expect(answers[0]).toContain('missing-event-metadata');
  expect(readdirSync(kept).filter((it) => it.endsWith('.tmp'))).toEqual([]);
});

it('believes no kept answer that speaks of other files, or of places that are none', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({});
  const check = (): Ran => sagalint(['check', folder, '--format', 'json', '--cache-location', kept]);
  const first = check();
  const file = join(kept, readdirSync(kept).find((it) => it.endsWith('.answer.json')) ?? '');
  const whole = readFileSync(file, 'utf8');
  const [key = '', , answer = ''] = whole.split('\n');
  const forged = [
    answer.replaceAll(`${folder}/src/placed.ts`, '/etc/passwd'),
    answer.replace(/"end":\d+/, '"end":4000'),
    answer.replace(/"start":\d+/, '"start":-4'),
    answer.replace('"findings":', '"__proto__":{"isAdmin":true},"findings":'),
    answer.replace('"failures":[]', '"failures":[{"ruleId":"thin-event","message":"It failed."}]'),
    answer.replace('"severity":"warning"', '"severity":"fatal"'),
    answer.replace(/"symbol":"\w+"/, '"symbol":{"toString":1}'),
    answer.replace('"seen":', '"unseen":'),
  ];
  for (const it of forged) {
    expect(it).not.toBe(answer);
    writeFileSync(file, `${key}\n${sealed(it)}`);
    expect(check()).toEqual(first);
  }
  // Without its checksum not even another word is believed.
  expect(whole).toContain('carries no event id');
  writeFileSync(file, whole.replace('carries no event id', 'carries everything'));
  expect(check()).toEqual(first);
});

it('ships no package whose licence is not there', () => {
  expect(() => writeNotices(['node_modules/there-is-none/index.js'], 'dist/none.txt')).toThrow();
});
