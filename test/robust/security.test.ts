// A stranger's repository is data: nothing of it runs, nothing is sent, and nothing is read or written where it should not be.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, sagalint, type Ran } from '../cli/command.ts';

const root = join(import.meta.dirname, '../..');
const trap = "require('node:fs').writeFileSync(__dirname + '/RAN', ''); throw new Error('It ran.');\n";

/** Everything that some tool would load from a workspace, as a trap. */
const hostile = {
  'package.json':
    '{ "name": "shop", "main": "./trap.js", "scripts": { "prepare": "node trap.js" }, "sagalint": {} }',
  'tsconfig.json':
    '{ "extends": ["../../../../etc/hosts", "./trap.js"], "compilerOptions": { "plugins": [{ "name": "./trap.js" }, { "name": "trap" }] } }',
  'sagalint.config.js': trap,
  'sagalint.config.cjs': trap,
  'sagalint.config.json':
    '{ "frameworks": [{ "name": "__proto__", "publish": [{ "call": "constructor.call" }] }], "plugins": ["./trap.js"], "__proto__": { "isAdmin": true } }',
  'trap.js': trap,
  'node_modules/trap/index.js': trap,
  'node_modules/trap/package.json': '{ "name": "trap", "main": "index.js" }',
  'node_modules/typescript/index.js': trap,
  'node_modules/ts-morph/index.js': trap,
  'node_modules/picomatch/index.js': trap,
  'src/events/placed.ts': "import '../../trap.js';\nexport interface OrderPlacedEvent { orderId: string }\n",
};

/** Runs the command in the folder, and gives what it read, wrote, loaded and was refused. */
function watched(
  folder: string,
  cache: string,
  ...more: string[]
): Ran & { readonly seen: readonly string[] } {
  const log = join(folderWith({}), 'log');
  writeFileSync(log, '');
  const env = { NODE_OPTIONS: `--require ${join(root, 'test/robust/watch.cjs')}`, WATCH_LOG: log };
  const ran = sagalint(['check', '.', '--format', 'json', '--cache-location', cache, ...more], {
    cwd: folder,
    env,
  });
  return { ...ran, seen: readFileSync(log, 'utf8').split('\n').filter(Boolean) };
}

it('runs nothing of the workspace, opens no connection and no process, and stays in its folders', () => {
  const folder = folderWith(hostile);
  const cache = folderWith({});
  writeFileSync(join(folder, 'sagalint.config.json'), '{}');
  const { status, out, seen } = watched(folder, cache);
  expect(status).toBe(1);
  expect(out).toContain('missing-event-metadata');
  expect(seen.filter((it) => it.startsWith('refused'))).toEqual([]);
  const [reads, writes, loads] = ['read ', 'write ', 'load '].map((what) =>
    seen.filter((it) => it.startsWith(what)).map((it) => it.slice(what.length)),
  );
  // The watch sees what there is to see.
  expect(reads).toContain(`${folder}/src/events/placed.ts`);
  expect(loads?.length).toBeGreaterThan(5);
  expect(writes?.length).toBeGreaterThan(0);
  expect(loads?.filter((it) => it.includes('trap') || it.startsWith(folder))).toEqual([]);
  expect(writes?.filter((it) => !it.startsWith(cache))).toEqual([]);
  const above = (path: string): boolean => folder.startsWith(dirname(path)) && !path.startsWith(`${folder}/`);
  const allowed = (path: string): boolean =>
    path.startsWith(`${folder}/`) || path.startsWith(cache) || path.startsWith(root) || above(path);
  expect(reads?.filter((it) => !allowed(it))).toEqual([]);
  expect(reads?.filter((it) => it.includes('trap'))).toEqual([]);
});

it('takes a hostile configuration for data, and says what is wrong with it', () => {
  const { status, err } = sagalint(['check', folderWith(hostile), '--no-cache']);
  expect(status).toBe(2);
  expect(err).toContain('sagalint.config.json');
  expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
});

it('follows no link out of the workspace, and none in a circle', () => {
  const outside = folderWith({ 'events/secret.ts': 'export interface SecretSharedEvent { id: string }\n' });
  const folder = folderWith({
    'src/events/placed.ts': 'export interface OrderPlacedEvent { orderId: string }\n',
  });
  mkdirSync(join(folder, 'src/links'));
  symlinkSync(outside, join(folder, 'src/links/out'));
  symlinkSync(folder, join(folder, 'src/links/round'));
  const { out } = watched(folder, folderWith({}));
  expect(out).toContain('OrderPlaced');
  expect(out).not.toContain('SecretShared');
  expect(out.match(/"ruleId"/g)?.length).toBe(1);
});
