// What start.mjs and test.mjs share. It runs on any Node from 20 up and before anything is installed: node's own modules only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the packages of package-lock.json when node_modules does not hold them. */
export async function install() {
  const missing = whyInstall(root) ?? whyNode();
  if (missing !== undefined) await installIn(root, `Installing packages (${missing}; half a minute, once)`);
}

/** Installs the packages against whose types the fixtures of frameworks are checked. */
export async function installFixtureTypes() {
  await installBeside(join(root, 'test', 'fixture'), 'the types of messaging libraries');
}

/** Installs what the test of the outbox with Prisma runs with. */
export async function installPrisma() {
  await installBeside(join(root, 'test', 'runtime', 'prisma'), 'Prisma');
}

async function installBeside(folder, what) {
  const missing = whyInstall(folder);
  // `npm ci` refuses a lockfile without the optional binaries of other platforms, which not every registry has.
  if (missing !== undefined)
    await installIn(folder, `Installing ${what} (${missing}; a minute, once)`, ['install', '--no-save']);
}

async function installIn(folder, title, command = ['ci']) {
  heading(title);
  const { status } = await run(npm(), command, { cwd: folder, env: { PATH: systemPath() } });
  if (status !== 0)
    fail('npm failed. The lines above say why; a network that reaches the npm registry is needed.');
}

/** Bundles the extension, the server and the command into dist/. */
export async function build() {
  heading('Building');
  const { status } = await run('node', ['tools/build.mjs']);
  if (status !== 0) fail('The build failed. The lines above say where.');
}

/**
 * Runs a command in the checkout with the pinned Node first in PATH, and shows its output as it comes.
 * With `isKept` the output is also returned.
 */
export function run(command, args, { cwd = root, env = {}, isKept = false } = {}) {
  const bin = join(root, 'node_modules', '.bin');
  const path = env.PATH ?? [bin, systemPath()].join(delimiter);
  const started = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, PATH: path },
    shell: process.platform === 'win32',
    stdio: isKept ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  let output = '';
  const keep = (stream) => (chunk) => {
    output += chunk;
    stream.write(chunk);
  };
  started.stdout?.setEncoding('utf8').on('data', keep(process.stdout));
  started.stderr?.setEncoding('utf8').on('data', keep(process.stderr));
  return new Promise((done) => {
    started.on('error', (error) => done({ status: 127, output: `${command}: ${error.message}` }));
    started.on('close', (status, signal) => done({ status: status ?? (signal ? 1 : 0), output }));
  });
}

/** Prints a line that stands out. */
export function heading(text) {
  console.log(process.stdout.isTTY ? `\n\u001b[1m▸ ${text}\u001b[0m` : `\n▸ ${text}`);
}

/** Ends the run with one clear message. */
export function fail(message) {
  console.error(`\n${message}`);
  process.exit(2);
}

/** Why an installation is needed, or undefined. npm writes the compared file as the last act of an installation. */
function whyInstall(folder) {
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'nothing is installed yet';
  const wanted = Object.entries(readPackages(join(folder, 'package-lock.json')) ?? {});
  const stale = wanted.find(([key, { version, optional }]) => {
    return key !== '' && !optional && installed[key]?.version !== version;
  });
  if (stale === undefined) return undefined;
  return `${stale[0].replace(/^.*node_modules\//, '')} is missing or of another version`;
}

function whyNode() {
  return existsSync(resolve(root, 'node_modules/.bin/node')) ? undefined : 'the pinned Node is missing';
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm must not run on the Node inside node_modules: `npm ci` removes that folder first. */
function systemPath() {
  const entries = (process.env.PATH ?? '').split(delimiter);
  return entries.filter((entry) => !/node_modules[\\/]\.bin[\\/]?$/.test(entry)).join(delimiter);
}

function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}
