// Tests the packaged extension in a real VS Code: the desktop program where it can be had, the web build otherwise.
//   node test/vscode/run.mjs [--vsix FILE] [--verbose]
// SAGALINT_VSCODE chooses: `web`, or a version of the desktop program (`stable`, `insiders`, or 1.100.0 and
// newer: older ones can't load tests that are ES modules).
// SAGALINT_TESTS chooses test files: a part of their names.
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { chooseEditor, runTests, runTestsRestricted } from './editor.mjs';
import { packageExtension } from './packageExtension.mjs';
import { makePlainFolder, makeWorkspace } from './workspace.mjs';

// Which tests see which workspace. The prompt for trust would hide the restricted one.
const suites = [
  { name: 'trusted', start: runTests, make: makeWorkspace, userSettings: {} },
  { name: 'plain', start: runTests, make: makePlainFolder, userSettings: {} },
  {
    name: 'restricted',
    start: runTestsRestricted,
    make: makeWorkspace,
    userSettings: { 'security.workspace.trust.startupPrompt': 'never' },
  },
];

const { values } = parseArgs({ options: { vsix: { type: 'string' }, verbose: { type: 'boolean' } } });
const scratch = mkdtempSync(join(tmpdir(), 'sagalint-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const totals = { passed: 0, failed: 0 };
try {
  const vsix = values.vsix ?? (await packageExtension());
  const editor = await chooseEditor();
  console.log(`Testing in ${editor.name}`);
  for (const suite of suites) add(await test(editor, vsix, suite));
} catch (error) {
  console.error(error.message);
  totals.failed += 1;
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.passed > 0 && totals.failed === 0 ? 0 : 1);

function add({ passed, failed }) {
  totals.passed += passed;
  totals.failed += failed;
}

async function test(editor, vsix, { name, start, make, userSettings }) {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const profile = { extensions: join(folder, 'extensions'), data: join(folder, 'data') };
  editor.install(vsix, profile);
  const workspace = make(folder, profile, userSettings);
  const files = { output: join(folder, 'output.txt'), counts: join(folder, 'counts.json') };
  writeFileSync(files.output, '');
  const stopFollowing = follow(files.output);
  const status = await start(editor.executable, {
    // VS Code runs tests only beside an extension in development. The one under test is installed.
    extensionDevelopmentPath: join(root, 'test/vscode/host'),
    extensionTestsPath: join(root, 'test/vscode/suite/index.mjs'),
    extensionTestsEnv: {
      SAGALINT_TEST_SUITE: name,
      SAGALINT_TEST_OUTPUT: files.output,
      SAGALINT_TEST_COUNTS: files.counts,
    },
    launchArgs: [
      workspace,
      `--extensions-dir=${profile.extensions}`,
      `--user-data-dir=${profile.data}`,
      ...(values.verbose ? ['--verbose'] : []),
    ],
  });
  stopFollowing();
  return judge(status, files.counts);
}

/** An extension host that dies reports success. So the tests write down what they counted, and silence is a failure. */
function judge(status, countsFile) {
  try {
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    if (status === 0 || counts.failed > 0) return counts;
    console.error('VS Code ended badly, so that what its tests said counts for nothing.');
    return { passed: counts.passed, failed: 1 };
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
      process.stdout.write(buffer.subarray(0, size));
  };
  const timer = setInterval(show, 100);
  return () => {
    clearInterval(timer);
    show();
  };
}
