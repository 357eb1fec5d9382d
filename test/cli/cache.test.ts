// The command gives its last answer again where nothing changed, and never a stale one.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, sagalint, type Ran } from './command.ts';

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const sound =
  'export interface OrderPlacedEvent { eventId: string; occurredAt: string; correlationId: string; version: number }\n';

it('answers the same from what it kept, and anew after any change', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({});
  const check = (...more: string[]): string =>
    sagalint(['check', folder, '--format', 'json', '--cache-location', kept, ...more]).out;
  const first = check();
  expect(first).toContain('missing-event-metadata');
  expect(check()).toBe(first);
  expect(check('--preset', 'off')).not.toContain('missing-event-metadata');
  writeFileSync(join(folder, 'src/placed.ts'), sound);
  expect(check()).not.toContain('missing-event-metadata');
  writeFileSync(join(folder, 'src/placed.ts'), placed);
  writeFileSync(join(folder, 'sagalint.config.json'), '{ "preset": "off" }');
  expect(check()).not.toContain('missing-event-metadata');
});

it('answers the same when what it kept is damaged, or can not be kept', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({ file: '' });
  const check = (location: string): string =>
    sagalint(['check', folder, '--format', 'json', '--cache-location', location]).out;
  const first = check(kept);
  for (const it of readdirSync(kept)) {
    const whole = readFileSync(join(kept, it), 'utf8');
    for (const part of [whole.slice(0, whole.length / 2), whole.replaceAll('"', '}'), '']) {
      writeFileSync(join(kept, it), part);
      expect(check(kept)).toBe(first);
    }
  }
  expect(check(join(kept, 'file', 'below a file'))).toBe(first);
});

it('reads anew where somebody wrote facts of another form into the cache', () => {
  const folder = folderWith({ 'src/placed.ts': placed, 'src/other.ts': sound });
  const kept = folderWith({});
  const check = (): Ran => sagalint(['check', folder, '--format', 'json', '--cache-location', kept]);
  const first = check();
  for (const forged of [
    '{ "types": [null] }',
    '{ "functions": [{}] }',
    '{ "imports": [{ "name": 1 }] }',
    // This one makes a single rule fail, and the others run.
    '{ "types": [{ "name": "OrderPlacedEvent", "at": { "start": 17, "end": 33 }, "span": { "start": 0, "end": 50 }, "isExported": true, "parameters": [], "bases": [], "implements": [], "decorators": [], "kind": "interface", "members": [{ "name": 7 }] }] }',
  ]) {
    writeFileSync(join(folder, 'src/other.ts'), `${sound}// ${forged}\n`);
    for (const it of readdirSync(kept)) {
      const path = join(kept, it);
      writeFileSync(
        path,
        readFileSync(path, 'utf8')
          .split('\n')
          .map((line) => forgedIn(line, forged))
          .join('\n'),
      );
    }
    expect(check()).toEqual(first);
  }
});

/** A line of the cache that says something else of its file, with the checksum that belongs to it. */
function forgedIn(line: string, forged: string): string {
  const [, key, json] = /^([0-9a-f]{32})[0-9a-f]{32}(\{"file":.*\})$/.exec(line) ?? [];
  if (key === undefined || json === undefined) return line;
  const text = JSON.stringify({ ...JSON.parse(json), ...JSON.parse(forged) });
  return key + createHash('sha256').update(text).digest('hex').slice(0, 32) + text;
}

it('keeps nothing with --no-cache', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const kept = folderWith({});
  sagalint(['check', folder, '--no-cache', '--cache-location', kept]);
  expect(readdirSync(kept)).toEqual([]);
});

it('writes nothing to the folder for temporary files, which others share', () => {
  const folder = folderWith({ 'src/placed.ts': placed });
  const [shared, own] = [folderWith({}), folderWith({})];
  const env = { TMPDIR: shared, TEMP: shared, TMP: shared, XDG_CACHE_HOME: own };
  expect(sagalint(['check', folder], { env: { ...env, NODE_COMPILE_CACHE: undefined } }).status).toBe(1);
  expect(readdirSync(shared)).toEqual([]);
  if (process.platform === 'linux') expect(readdirSync(join(own, 'sagalint')).length).toBeGreaterThan(1);
});
