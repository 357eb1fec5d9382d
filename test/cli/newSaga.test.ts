// `sagalint new saga`: what it writes compiles, passes its own test, and has no finding.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { howToTest } from '../../server/src/scaffold/howToTest.ts';
import { brokers, readSteps, readWishes, stores } from '../../server/src/scaffold/wishes.ts';
import { checkTypes } from '../fixture/types.ts';
import { folderWith, sagalint } from './command.ts';

const steps = 'hold-seat:free-seat,take-money:give-money-back,send-ticket';
const order = ['new', 'saga', 'Order', '--steps', steps, '--store', 'sqlite', '--broker', 'none'];

describe.each(stores.flatMap((store) => brokers.map((broker) => ({ store, broker }))))(
  'A saga in $store, started by $broker',
  ({ store, broker }) => {
    const folder = folderWith({});
    const args = ['new', 'saga', 'trip booking', '--steps', steps, '--store', store, '--broker', broker];
    const { status, out } = sagalint(args, { cwd: folder });
    const files = new Map(readdirSync(folder).map((it) => [it, readFileSync(join(folder, it), 'utf8')]));

    test('is told file by file', () => {
      expect(status).toBe(0);
      for (const name of files.keys()) expect(out).toContain(`wrote ${name}\n`);
      expect([...files.keys()]).toEqual(
        [
          ...['trip-booking-saga-resume.ts', 'trip-booking-saga-store.ts'],
          ...['trip-booking-saga.test.ts', 'trip-booking-saga.ts'],
          ...(broker === 'none' ? [] : ['trip-booking-saga-start.ts']),
        ].sort(),
      );
    });

    test('compiles under strict', () => {
      expect(checkTypes(files)).toEqual([]);
    });

    test('has the names and steps that were wished for, and no others', () => {
      const text = [...files.values()].join('\n');
      expect(text).toContain("name: 'take-money',");
      expect(text).toContain('compensate: (call) => services.giveMoneyBack(call),');
      expect(text).not.toMatch(/\bOrder|order_saga|reserveStock|chargeCard/);
    });

    test('passes its own test', () => {
      const test = ['--no-warnings', '--test', 'trip-booking-saga.test.ts'];
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const ran = spawnSync(process.execPath, test, { cwd: folder, encoding: 'utf8', env });
      expect(ran.stdout).toMatch(/pass 11\n[^]*fail 0\n/);
    });

    test('has no finding', () => {
      const { status, out } = sagalint(['check', '--preset', 'strict', folder]);
      expect({ status, findings: /^0 findings/m.test(out) }).toEqual({ status: 0, findings: true });
    });
  },
);

test('A test that the saga fails is seen', () => {
  const folder = folderWith({});
  sagalint(order, { cwd: folder });
  const saga = readFileSync(join(folder, 'order-saga.ts'), 'utf8');
  const damaged = folderWith({
    'order-saga.ts': saga.replace('[...this.#parts.steps].reverse()', '[...this.#parts.steps]'),
    'order-saga-store.ts': readFileSync(join(folder, 'order-saga-store.ts'), 'utf8'),
    'order-saga.test.ts': readFileSync(join(folder, 'order-saga.test.ts'), 'utf8'),
  });
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const test = ['--no-warnings', '--test', 'order-saga.test.ts'];
  expect(spawnSync(process.execPath, test, { cwd: damaged, env }).status).toBe(1);
});

describe('Files that are there', () => {
  test('are kept', () => {
    const folder = folderWith({ 'order-saga.ts': 'mine' });
    const { status, err } = sagalint(order, { cwd: folder });
    expect({ status, told: err.includes('order-saga.ts is there already') }).toEqual({
      status: 2,
      told: true,
    });
    expect(readdirSync(folder)).toEqual(['order-saga.ts']);
  });

  test('are replaced by force', () => {
    const folder = folderWith({ 'order-saga.ts': 'mine' });
    expect(sagalint([...order, '--force'], { cwd: folder }).status).toBe(0);
    expect(readFileSync(join(folder, 'order-saga.ts'), 'utf8')).toContain('class OrderSagaOrchestrator');
  });

  // Who brings the repository chooses where its links lead. On Windows to make one takes the rights of an administrator.
  test.skipIf(process.platform === 'win32')(
    'are links that are not written through, not even by force',
    () => {
      const outside = folderWith({ 'there.ts': 'mine' });
      for (const name of ['there.ts', 'not-there.ts']) {
        const folder = folderWith({});
        symlinkSync(join(outside, name), join(folder, 'order-saga-resume.ts'));
        expect(sagalint(order, { cwd: folder }).status).toBe(2);
        expect(sagalint([...order, '--force'], { cwd: folder }).status).toBe(0);
        expect(readFileSync(join(folder, 'order-saga-resume.ts'), 'utf8')).toContain('import');
      }
      expect(readdirSync(outside)).toEqual(['there.ts']);
      expect(readFileSync(join(outside, 'there.ts'), 'utf8')).toBe('mine');
    },
  );
});

test('What nests without end beside a saga harms nobody', () => {
  const deep = `{ "compilerOptions": ${'['.repeat(100_000)}`;
  const folder = folderWith({ 'tsconfig.json': deep, 'package.json': deep });
  expect(sagalint(order, { cwd: folder })).toMatchObject({ status: 0, err: '' });
});

test('A dry run writes nothing', () => {
  const folder = folderWith({});
  expect(sagalint([...order, '--dry-run'], { cwd: folder }).out).toContain('would write order-saga.ts\n');
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  [undefined, "'./order-saga.ts'"],
  ['{ "compilerOptions": { /* ours */ "module": "NodeNext", } }', "'./order-saga.js'"],
  ['{ "compilerOptions": { "module": "ESNext", "moduleResolution": "bundler" } }', "'./order-saga'"],
  [
    '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true } }',
    "'./order-saga.ts'",
  ],
])('Imports end as tsconfig.json %s wants it', (tsconfig, path) => {
  const folder = folderWith(tsconfig === undefined ? {} : { 'tsconfig.json': tsconfig });
  sagalint([...order, '--dir', 'src/sagas'], { cwd: folder });
  expect(readFileSync(join(folder, 'src/sagas/order-saga-resume.ts'), 'utf8')).toContain(`from ${path}`);
});

test.each([
  ['v24.1.0', {}, 'node --test a.test.ts'],
  ['v22.18.0', { 'package.json': '{ "type": "module" }' }, 'node --test a.test.ts'],
  ['v22.17.1', {}, 'npx tsx --test a.test.ts'],
  ['v24.1.0', { 'package.json': '{ "type": "commonjs" }' }, 'npx tsx --test a.test.ts'],
  [
    'v24.1.0',
    { 'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }' },
    'npx tsx --test a.test.ts',
  ],
  ['v20.20.2', {}, 'npx tsx --test a.test.ts (with Node 22.13 or newer: this one, v20.20.2, has no SQLite)'],
])('With Node %s and %j its test is run by the command that works there', (node, files, command) => {
  const read = (file: string): string | undefined => new Map(Object.entries(files)).get(basename(file));
  expect(howToTest('a.test.ts', { folder: '/shop', read, node })).toBe(command);
});

test.each([
  ['', 'A saga needs a name'],
  ['123', 'is no name for a saga'],
])('The name %j is refused', (name, told) => {
  const { status, err } = sagalint(['new', 'saga', name, '--steps', steps]);
  expect({ status, told: err.includes(told) }).toEqual({ status: 2, told: true });
});

test.each([
  [',', 'Name the steps like this'],
  ['reserve:', 'Name the steps like this'],
  ['reserve:release:more', 'Name the steps like this'],
  ['reserve,,', 'Name the steps like this'],
  ['constructor:undo', 'Every object has a `constructor` already'],
  ['reserve:release,Reserve', '`reserve` is named twice.'],
  ['ship,charge:refund', "`charge` comes after `ship`, which can't be undone"],
])('The steps %j are refused', (text, told) => {
  expect(readSteps(text)).toContain(told);
});

test('A step may be written in any case, and a saga may consist of one', () => {
  expect(readSteps('ReserveStock:release_stock')).toEqual([{ run: 'reserveStock', undo: 'releaseStock' }]);
  expect(readWishes({ name: 'order-saga', steps, store: 'sqlite', broker: 'none' })).toMatchObject({
    name: 'Order',
  });
  expect(readWishes({ name: 'Order', steps, store: 'paper', broker: 'none' })).toContain('no store `paper`');
  expect(readWishes({ name: 'Order', steps, store: 'sqlite', broker: 'pigeon' })).toContain('`pigeon`');
});
