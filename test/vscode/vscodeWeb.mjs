// The real VS Code without a desktop: its server with the extension host, and headless Chromium that shows the workbench.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { URLSearchParams } from 'node:url';
import { root } from '../../tools/setup.mjs';
import { chromium } from './chromium.mjs';
import { setUp } from './setup.mjs';

const settings = {
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'typescript.disableAutomaticTypeAcquisition': true,
  'typescript.surveys.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'git.enabled': false,
  'files.simpleDialog.enable': true,
  // The web workbench saves by itself otherwise.
  'files.autoSave': 'off',
};

const chromiumArguments =
  `--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync`.split(/\s+/);

/**
 * Starts VS Code; `close` ends all of it: the server's process group, the browser, the temporary folder. Without `--enable-smoke-test-driver` a built VS Code ignores the extension and the tests in development, silently.
 */
export async function startVSCode({ extensionsDir, userSettings, viewport, isVerbose = false }) {
  const browserPath = chromium();
  const cache = setUp();
  const data = mkdtempSync(join(tmpdir(), 'sagalint-vscode-'));
  mkdirSync(join(data, 'data/User'), { recursive: true });
  writeFileSync(join(data, 'data/User/settings.json'), JSON.stringify({ ...settings, ...userSettings }));
  const server = startServer(cache, data, extensionsDir);
  let browser;
  const close = once(async () => {
    await browser?.close().catch(() => undefined);
    await endGroup(server);
    rmSync(data, { recursive: true, force: true });
  });
  closeOnSignals(close);
  process.once('exit', () => {
    signalGroup(server, 'SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  try {
    const port = await portOf(server, join(data, 'server.log'), isVerbose);
    browser = await launchBrowser(cache, browserPath);
    const page = await browser.newPage({ viewport: viewport ?? { width: 1280, height: 800 } });
    await refuseOthers(page, port);
    if (isVerbose) page.on('console', (message) => console.error('[page]', message.text().slice(0, 2000)));
    return { page, server, close, open: (target, payload) => open(page, port, target, payload) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Installs a .vsix into `extensionsDir` with VS Code's own command line. */
export function installExtension(vsix, extensionsDir) {
  const data = mkdtempSync(join(tmpdir(), 'sagalint-install-'));
  const args = [
    '--server-data-dir',
    data,
    '--extensions-dir',
    extensionsDir,
    '--accept-server-license-terms',
  ];
  const { status, stdout, stderr } = spawnSync(
    node(),
    [main(setUp()), ...args, '--install-extension', resolve(vsix), '--force'],
    { env: cleanEnvironment(), encoding: 'utf8', timeout: 60_000 },
  );
  rmSync(data, { recursive: true, force: true });
  if (status !== 0 || !/successfully installed/.test(stdout))
    throw new Error(`Installing ${vsix} ended with ${status}:\n${stdout}${stderr}`);
}

function startServer(cache, data, extensionsDir) {
  const args = [
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--enable-smoke-test-driver', '--telemetry-level', 'off', '--server-data-dir', data],
  ];
  if (extensionsDir !== undefined) args.push('--extensions-dir', extensionsDir);
  const log = openSync(join(data, 'server.log'), 'a');
  // A group of its own, so that the extension host and the language servers below it can be ended together.
  const server = spawn(node(), [main(cache), ...args], {
    detached: true,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', log],
  });
  server.once('exit', () => closeSync(log));
  return server;
}

/** VS Code runs on the Node that package-lock.json pins: 20 is too old for it. */
function node() {
  return join(root, 'node_modules/.bin/node');
}

function main(cache) {
  return join(cache, 'vscode/out/server-main.js');
}

/** Without the variables of a VS Code around us (its terminal, its debugger), and without the marketplace. */
function cleanEnvironment() {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(entries), EXTENSIONS_GALLERY: 'null' };
}

function portOf(server, logFile, isVerbose) {
  return new Promise((done, failed) => {
    let output = '';
    const timer = setTimeout(() => failed(new Error('VS Code’s server did not start in 30 s.')), 30_000);
    server.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (isVerbose) writeSync(2, chunk);
      output = (output + chunk).slice(-20_000);
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      done(Number(port));
    });
    server.once('error', failed);
    server.once('exit', () => {
      clearTimeout(timer);
      failed(new Error(`VS Code’s server ended:\n${output}${readFileSync(logFile, 'utf8').slice(-4000)}`));
    });
  });
}

function launchBrowser(cache, executablePath) {
  const driver = createRequire(join(cache, 'package.json'))('playwright-core');
  return driver.chromium.launch({
    executablePath,
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: chromiumArguments,
  });
}

/** No request leaves the machine: what would (marketplace, update check) fails at once instead of hanging. */
async function refuseOthers(page, port) {
  const isOther = (url) => /^(https?|wss?):$/.test(url.protocol) && url.host !== `127.0.0.1:${port}`;
  await page.context().route(isOther, (route) => route.abort());
}

/** Opens a folder or a .code-workspace file. Paths in the payload become addresses of the server's disk. */
function open(page, port, target, payload) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${encodeURI(resolve(path))}`;
  const options = [
    ...payload.map(([key, path]) => [key, remote(path)]),
    ...[['skipWelcome', 'true'], ['skipReleaseNotes', 'true']], // prettier-ignore
  ];
  const kind = target.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [kind]: resolve(target), payload: JSON.stringify(options) });
  return page.goto(`http://127.0.0.1:${port}/?${query}`);
}

function closeOnSignals(close) {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])
    // prettier-ignore
    process.once(signal, () => close().finally(() => process.exit(status)));
}

async function endGroup(child) {
  for (const [signal, milliseconds] of [
    ['SIGTERM', 3000],
    ['SIGKILL', 2000],
  ]) {
    // prettier-ignore
    if (!signalGroup(child, signal)) return;
    for (const end = Date.now() + milliseconds; Date.now() < end && signalGroup(child, 0);)
      await new Promise((done) => setTimeout(done, 25));
  }
}

function signalGroup(child, signal) {
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function once(work) {
  let result;
  return () => (result ??= work());
}
