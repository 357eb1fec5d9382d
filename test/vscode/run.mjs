// Tests the packaged extension in a real VS Code: the desktop program where it can be had, the web build otherwise.
//   node test/vscode/run.mjs [--vsix FILE] [--verbose]
// SAGALINT_VSCODE chooses: `web`, or a version of the desktop program (`stable`, `insiders`, `1.91.0`).
// SAGALINT_TESTS chooses test files: a part of their names.
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { fail, root, run } from '../../tools/setup.mjs';
import { chooseEditor } from './editor.mjs';
import { makeWorkspace } from './workspace.mjs';

const { values } = parseArgs({ options: { vsix: { type: 'string' }, verbose: { type: 'boolean' } } });
const folder = mkdtempSync(join(tmpdir(), 'sagalint-test-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const outputFile = join(folder, 'output.txt');
const countsFile = join(folder, 'counts.json');

const vsix = values.vsix ?? (await packageExtension());
const status = await test().catch((error) => {
  console.error(error.message);
  return 1;
});
const counts = readCounts();
if (status !== 0 && counts.failed === 0) {
  console.error('VS Code ended badly, so that what its tests said counts for nothing.');
  counts.failed = 1;
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.passed > 0 && counts.failed === 0 ? 0 : 1);

async function test() {
  const editor = await chooseEditor();
  console.log(`Testing in ${editor.name}`);
  const profile = { extensions: join(folder, 'extensions'), data: join(folder, 'data') };
  editor.install(vsix, profile);
  const workspace = makeWorkspace(folder, profile);
  writeFileSync(outputFile, '');
  const stopFollowing = follow(outputFile);
  try {
    return await runTests({
      vscodeExecutablePath: editor.executable,
      // VS Code runs tests only beside an extension in development. The one under test is installed.
      extensionDevelopmentPath: join(root, 'test/vscode/host'),
      extensionTestsPath: join(root, 'test/vscode/suite/index.mjs'),
      extensionTestsEnv: { SAGALINT_TEST_OUTPUT: outputFile, SAGALINT_TEST_COUNTS: countsFile },
      launchArgs: [
        workspace,
        `--extensions-dir=${profile.extensions}`,
        `--user-data-dir=${profile.data}`,
        ...(values.verbose ? ['--verbose'] : []),
      ],
    });
  } finally {
    stopFollowing();
  }
}

async function packageExtension() {
  for (const tool of ['build', 'package']) {
    const { status } = await run('node', [`tools/${tool}.mjs`]);
    if (status !== 0) fail(`tools/${tool}.mjs failed, so that there is nothing to test.`);
  }
  return join(root, 'dist/sagalint.vsix');
}

/** An extension host that dies reports success. So the tests write down what they counted, and silence is a failure. */
function readCounts() {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    console.error('The extension host ended before the tests did.');
    return { passed: 0, failed: 1 };
  }
}

/** Shows a file as it grows: what mocha prints inside VS Code would come mixed with the workbench's own lines. */
function follow(file) {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(65_536);
  const show = () => {
    for (let size; (size = readSync(descriptor, buffer, 0, buffer.length, null)) > 0;)
      process.stdout.write(buffer.toString('utf8', 0, size));
  };
  const timer = setInterval(show, 100);
  return () => {
    clearInterval(timer);
    show();
  };
}
