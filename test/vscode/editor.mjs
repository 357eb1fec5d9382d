// Which VS Code the tests run in, and how it is started and given an extension.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests as runTestsTrusted,
} from '@vscode/test-electron';
import { root } from '../../tools/setup.mjs';
import { chromium } from './chromium.mjs';
import { setUp } from './setup.mjs';
import { installExtension } from './vscodeWeb.mjs';

/* global AbortSignal */

const downloads = 'https://update.code.visualstudio.com/api/releases/stable';

/** The desktop program where it can be downloaded and shown, else the web build, with the reason. */
export async function chooseEditor() {
  const wanted = process.env.SAGALINT_VSCODE ?? 'stable';
  if (wanted === 'web') return webEditor('SAGALINT_VSCODE asks for it');
  const isForced = process.env.SAGALINT_VSCODE !== undefined;
  const obstacle = isForced ? undefined : await whyNotDesktop();
  if (obstacle !== undefined) return webEditor(obstacle);
  try {
    return await desktopEditor(wanted);
  } catch (error) {
    if (isForced) throw error;
    return webEditor(`the desktop program can’t be downloaded: ${error.message}`);
  }
}

async function whyNotDesktop() {
  const isLinux = process.platform === 'linux';
  if (isLinux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display';
  try {
    const answer = await fetch(downloads, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? undefined : `${downloads} answers ${answer.status}`;
  } catch (error) {
    return `${downloads} can’t be reached: ${error.cause?.code ?? error.name}`;
  }
}

async function desktopEditor(version) {
  const executable = await downloadAndUnzipVSCode({ version, cachePath: join(root, '.vscode-test') });
  const [cli, ...always] = resolveCliArgsFromVSCodeExecutablePath(executable, { reuseMachineInstall: true });
  const install = (vsix, { extensions, data }) => {
    const args = [...always, `--extensions-dir=${extensions}`, `--user-data-dir=${data}`, '--no-sandbox'];
    const isWindows = process.platform === 'win32';
    const { status, stdout, stderr } = spawnSync(cli, [...args, '--install-extension', vsix, '--force'], {
      encoding: 'utf8',
      shell: isWindows,
    });
    if (status !== 0) throw new Error(`Installing ${vsix} ended with ${status}:\n${stdout}${stderr}`);
  };
  return { name: `desktop VS Code (${version})`, executable, install };
}

/** What it needs is got here, so that a lack of it is said once and not by each suite. */
function webEditor(reason) {
  chromium();
  setUp();
  return {
    name: `the web build of VS Code, because ${reason}`,
    executable: join(root, 'test/vscode/launcher.mjs'),
    install: (vsix, { extensions }) => installExtension(vsix, extensions),
  };
}

/** Runs the tests' module in the editor; gives its exit status. */
export async function runTests(vscodeExecutablePath, options) {
  try {
    return await runTestsTrusted({ vscodeExecutablePath, ...options });
  } catch (error) {
    console.error(error.message);
    return error.code ?? 1;
  }
}

/** The same in Restricted Mode, which `runTests` of @vscode/test-electron always switches off. */
export function runTestsRestricted(executable, options) {
  const args = [
    ...options.launchArgs,
    ...[
      '--no-sandbox',
      '--disable-gpu-sandbox',
      '--disable-updates',
      '--skip-welcome',
      '--skip-release-notes',
    ],
    `--extensionDevelopmentPath=${options.extensionDevelopmentPath}`,
    `--extensionTestsPath=${options.extensionTestsPath}`,
  ];
  const started = spawn(executable, args, {
    env: { ...process.env, ...options.extensionTestsEnv },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((done) => {
    started.once('error', () => done(127));
    started.once('close', (status) => done(status ?? 1));
  });
}
