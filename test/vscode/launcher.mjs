#!/usr/bin/env node
// Stands in for the desktop program in `runTests` of @vscode/test-electron: takes its arguments, starts the web build.
// The exit status is what the tests' module gave. A killed extension host gives 0 too, so that alone proves nothing.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { startVSCode } from './vscodeWeb.mjs';

const limit = 8 * 60_000;

// `strict: false`: desktop VS Code is given much that means nothing here (`--no-sandbox`, `--disable-updates`).
const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
    'disable-workspace-trust': { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
});

const problems = [];
const vscode = await startVSCode({
  extensionsDir: values['extensions-dir'],
  userSettings: userSettings(),
  isVerbose: values.verbose,
});
let status = 1;
try {
  status = await runTests();
} catch (error) {
  problems.push(error.stack);
} finally {
  if (status !== 0) {
    await keepPicture();
    console.error(problems.join('\n'));
  }
  await vscode.close();
}
process.exit(status);

async function runTests() {
  const exited = untilExit();
  await vscode.page.exposeFunction('codeAutomationLog', (type, args) => {
    const text = args.map(String).join(' ').slice(0, 600);
    // The build has no service worker for its resources, and does without.
    const isNews = type === 'error' && !text.includes('[Service Worker]');
    if (values.verbose || isNews) problems.push(`[${type}] ${text}`);
  });
  await vscode.open(positionals[0], [
    ['extensionDevelopmentPath', values.extensionDevelopmentPath],
    ['extensionTestsPath', values.extensionTestsPath],
  ]);
  return exited;
}

/** Whatever comes first: the tests' end, a crash, the end of who called us, or the time limit. */
function untilExit() {
  const parent = process.ppid;
  return new Promise((done) => {
    const fail = (problem) => {
      problems.push(problem);
      done(1);
    };
    vscode.page.exposeFunction('codeAutomationExit', (code) => done(code)).catch(fail);
    vscode.page.once('crash', () => fail('The page crashed.'));
    vscode.server.once('exit', () => fail('The server ended.'));
    setTimeout(() => fail(`The tests did not end in ${limit / 1000} s.`), limit).unref();
    setInterval(() => process.ppid === parent || fail('The caller is gone.'), 1000).unref();
  });
}

async function keepPicture() {
  const path = join(root, '.vscode-test/failure.png');
  mkdirSync(join(root, '.vscode-test'), { recursive: true });
  await vscode.page
    .screenshot({ path, timeout: 5000 })
    .then(() => problems.push(`What it looked like at the end: ${path}`))
    .catch(() => undefined);
}

function userSettings() {
  const trust = values['disable-workspace-trust'] ? { 'security.workspace.trust.enabled': false } : {};
  if (values['user-data-dir'] === undefined) return trust;
  try {
    return {
      ...trust,
      ...JSON.parse(readFileSync(join(values['user-data-dir'], 'User/settings.json'), 'utf8')),
    };
  } catch {
    return trust;
  }
}
