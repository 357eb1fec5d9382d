// `npm test`: installs, builds and runs every check. All of them run even when one fails; the last line counts.
import { build, heading, install, installFixtureTypes, installPrisma, run } from './setup.mjs';
import { installServers } from './systemPackages.mjs';

// A stage that counts its own tests ends with a line `N passed, N failed`; any other is one test.
const stages = [
  { name: 'Types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'Lint and format', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'Architecture', command: ['npm', 'run', '--silent', 'arch'] },
  { name: 'Generated files', command: ['npm', 'run', '--silent', 'gen', '--', '--check'] },
  {
    name: 'Fixtures, command, language server, runtime',
    command: ['npm', 'run', '--silent', 'unit'],
    counts: true,
  },
  { name: 'Package (.vsix)', command: ['npm', 'run', '--silent', 'package'] },
  { name: 'Extension in a real VS Code', command: ['npm', 'run', '--silent', 'vscode'], counts: true },
];

await install();
await installFixtureTypes();
await installPrisma();
installServers();
await build();
const results = [];
for (const stage of stages) results.push(await runStage(stage));
summarise(results);

async function runStage({ name, command: [program, ...args], counts = false }) {
  heading(name);
  const started = performance.now();
  const { status, output } = await run(program, args, { isKept: true, env: colours() });
  const seconds = (performance.now() - started) / 1000;
  const { passed, failed } = counts
    ? counted(status, output)
    : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
  console.log(`${failed === 0 ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`);
  return { name, passed, failed, seconds, reasons: failed === 0 ? [] : reasonsIn(output) };
}

/** The lines in which a stage names what failed; of one that names nothing, its last words. */
function reasonsIn(output) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const named = lines.filter((line) => line.startsWith('✗ '));
  return named.length > 0 ? named : lines.slice(-10);
}

/** The stage's own figures. A run that says nothing, or ends badly without naming a failure, has failed: silence proves nothing. */
function counted(status, output) {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed\r?$/gm)];
  const last = lines.at(-1);
  if (last === undefined) return { passed: 0, failed: 1 };
  const failed = Number(last[2]);
  const passed = Number(last[1]);
  const isUnexplained = (status !== 0 || passed === 0) && failed === 0;
  return { passed, failed: isUnexplained ? 1 : failed };
}

/** The output goes through a pipe, so that tools would drop their colours. */
function colours() {
  return process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
}

function summarise(all) {
  heading('Summary');
  for (const { name, passed, failed, seconds, reasons } of all) {
    const verdict = failed === 0 ? 'passed' : 'FAILED';
    console.log(`${verdict}  ${name} (${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s)`);
    for (const reason of reasons) console.log(`        ${reason}`);
  }
  const passed = all.reduce((sum, stage) => sum + stage.passed, 0);
  const failed = all.reduce((sum, stage) => sum + stage.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
