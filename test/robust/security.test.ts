// A stranger's repository is data: nothing of it runs, nothing is sent, and nothing is read or written where it should not be.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folderWith, sagalint, type Ran } from '../cli/command.ts';
import { Client, programs, uriOf } from '../lsp/client.ts';

const root = join(import.meta.dirname, '../..');
const trap = "require('node:fs').writeFileSync(__dirname + '/RAN', ''); throw new Error('It ran.');\n";

const moduleTrap =
  "import fs from 'node:fs'; fs.writeFileSync(import.meta.dirname + '/RAN', ''); throw new Error('It ran.');\n";

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';

/** Everything that some tool would load from a workspace, as a trap. */
const hostile = {
  'package.json':
    '{ "name": "shop", "main": "./trap.js", "scripts": { "prepare": "node trap.js" }, "sagalint": {} }',
  'tsconfig.json':
    '{ "extends": ["../../../../etc/hosts", "./trap.js"], "compilerOptions": { "plugins": [{ "name": "./trap.js" }, { "name": "trap" }] } }',
  'sagalint.config.js': trap,
  'sagalint.config.cjs': trap,
  'sagalint.config.mjs': moduleTrap,
  'sagalint.config.mts': moduleTrap,
  'sagalint.config.json':
    '{ "frameworks": [{ "name": "__proto__", "publish": [{ "call": "constructor.call" }] }], "plugins": ["./trap.js"], "__proto__": { "isAdmin": true } }',
  'trap.js': trap,
  'node_modules/trap/index.js': trap,
  'node_modules/trap/package.json': '{ "name": "trap", "main": "index.js" }',
  'node_modules/typescript/index.js': trap,
  'node_modules/ts-morph/index.js': trap,
  'node_modules/picomatch/index.js': trap,
  'src/events/placed.ts': `import '../../trap.js';\n${placed}`,
};

/** A log for the watch, the environment that sets it, and what it saw. */
function watch(): { readonly env: NodeJS.ProcessEnv; readonly seen: () => readonly string[] } {
  const log = join(folderWith({}), 'log');
  writeFileSync(log, '');
  return {
    env: { NODE_OPTIONS: `--require ${join(root, 'test/robust/watch.cjs')}`, WATCH_LOG: log },
    seen: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
  };
}

/** Runs the command in the folder, and gives what it read, wrote, loaded and was refused. */
function watched(folder: string, cache: string): Ran & { readonly seen: readonly string[] } {
  const { env, seen } = watch();
  const args = ['check', '.', '--format', 'json', '--cache-location', cache];
  return { ...sagalint(args, { cwd: folder, env }), seen: seen() };
}

/** Nothing was refused, loaded that is not ours, written elsewhere than below `writable`, or read elsewhere than allowed. */
function expectHarmless(seen: readonly string[], folder: string, writable: string): void {
  expect(seen.filter((it) => it.startsWith('refused'))).toEqual([]);
  const of = (what: string): readonly string[] =>
    seen.filter((it) => it.startsWith(`${what} `)).map((it) => it.slice(what.length + 1));
  const [reads, writes, loads] = [of('read'), of('write'), of('load')];
  // The watch sees what there is to see.
  expect(reads).toContain(`${folder}/src/events/placed.ts`);
  expect(of('list')).toContain(`${folder}/src/`);
  expect(loads.length).toBeGreaterThan(5);
  // A package that is looked up by its name is whatever lies in some folder above.
  expect(loads.filter((it) => !isBuiltin(it) && !isOurs(it))).toEqual([]);
  expect(writes.filter((it) => !it.startsWith(writable))).toEqual([]);
  expect(existsSync(join(folder, 'RAN'))).toBe(false);
  const above = (path: string): boolean =>
    folder.startsWith(`${dirname(path)}/`) &&
    ['package.json', 'sagalint.config.json', '.gitignore'].includes(basename(path));
  const allowed = (path: string): boolean =>
    path.startsWith(`${folder}/`) || path.startsWith(writable) || path.startsWith(root) || above(path);
  expect(reads.filter((it) => !allowed(it))).toEqual([]);
  // What is no source and no configuration is no business of ours: it can't even be evaluated.
  const wanted = /\.(m?ts|json|gitignore)$/;
  expect(reads.filter((it) => it.startsWith(folder) && !wanted.test(it))).toEqual([]);
  expect(of('list').filter((it) => !`${resolve(it)}/`.startsWith(`${folder}/`))).toEqual([]);
}

/** Our bundles and the test's own watch; a bundle asks for another one by a path from where it lies. */
const isOurs = (it: string): boolean =>
  ['./ts-morph.cjs', '../package.json', join(root, 'package.json')].includes(it) ||
  ['dist', 'bin', 'test/robust/watch.cjs'].some((part) => it.startsWith(join(root, part)));

it('runs nothing of the workspace, opens no connection and no process, and stays in its folders', () => {
  const folder = folderWith(hostile);
  const cache = folderWith({});
  writeFileSync(join(folder, 'sagalint.config.json'), '{}');
  const { status, out, seen } = watched(folder, cache);
  expect(status).toBe(1);
  expect(out).toContain('missing-event-metadata');
  expect(seen.some((it) => it.startsWith(`write ${cache}`))).toBe(true);
  expectHarmless(seen, folder, cache);
});

it('does no more in the server, while documents are edited, fixed and a saga is drafted', async () => {
  const folder = folderWith(hostile);
  writeFileSync(join(folder, 'sagalint.config.json'), '{}');
  const { env, seen } = watch();
  const client = new Client(programs.built, env);
  onTestFinished(() => void client.process.kill());
  const asked: string[] = [];
  client.connection.onRequest((method) => {
    asked.push(method);
    return null;
  });
  await client.initialize([folder], {});
  await client.ready();
  const file = `${folder}/src/events/placed.ts`;
  await client.after(() => client.open(file, `import '../../trap.js';\n${placed}`));
  const [found] = client.diagnosticsOf(file);
  if (!found) throw new Error('There is no finding to mend.');
  const actions = await client.actionsFor(file, found);
  expect(actions.length).toBeGreaterThan(0);
  for (const it of actions) await client.resolve(it);
  await client.connection.sendRequest('sagalint/facts', { uri: uriOf(file) });
  const wishes = { name: 'place-order', steps: 'reserve-stock', store: 'sqlite', broker: 'none' };
  const saga: { files: unknown[] } = await client.connection.sendRequest('sagalint/newSaga', {
    folder: uriOf(folder),
    ...wishes,
  });
  expect(saga.files.length).toBeGreaterThan(1);
  // Edits are proposed: the server asks the editor for none, and to open nothing.
  expect(asked).toEqual([]);
  await client.connection.sendRequest('shutdown');
  await client.connection.sendNotification('exit');
  await client.exit;
  expect(seen().filter((it) => it.startsWith('write '))).toEqual([]);
  expectHarmless(seen(), folder, '/nowhere');
});

it('takes a hostile configuration for data, and says what is wrong with it', () => {
  const { status, err } = sagalint(['check', folderWith(hostile), '--no-cache']);
  expect(status).toBe(2);
  expect(err).toContain('sagalint.config.json');
});

it('follows no link out of the workspace, and none in a circle', () => {
  const outside = folderWith({ 'events/secret.ts': 'export interface SecretSharedEvent { id: string }\n' });
  const folder = folderWith({
    'src/events/placed.ts': 'export interface OrderPlacedEvent { orderId: string }\n',
  });
  mkdirSync(join(folder, 'src/links'));
  symlinkSync(outside, join(folder, 'src/links/out'));
  symlinkSync(folder, join(folder, 'src/links/round'));
  symlinkSync(join(outside, 'events/secret.ts'), join(folder, 'src/events/secret.ts'));
  const { out } = watched(folder, folderWith({}));
  expect(out).toContain('OrderPlaced');
  expect(out).not.toContain('SecretShared');
  expect(out.match(/"ruleId"/g)?.length).toBe(1);
});
