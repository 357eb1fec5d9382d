// Run by VS Code in its extension host. What mocha prints and counts goes to files: run.mjs shows the one and wants the other.
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/** Resolves when all tests have passed. */
export async function run() {
  const output = process.env.SAGALINT_TEST_OUTPUT;
  if (output) Mocha.reporters.Base.consoleLog = (...args) => appendFileSync(output, `${format(...args)}\n`);
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 120_000,
    slow: 5000,
    color: Boolean(process.env.FORCE_COLOR),
  });
  const wanted = process.env.SAGALINT_TESTS ?? '';
  const folder = join(import.meta.dirname, process.env.SAGALINT_TEST_SUITE ?? 'trusted');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && name.includes(wanted));
  for (const name of files.sort()) mocha.addFile(join(folder, name));
  await mocha.loadFilesAsync();
  let runner;
  const reasons = [];
  const failed = await new Promise((done) => {
    runner = mocha.run(done);
    // tools/test.mjs says these lines again at the end.
    runner.on('fail', (test, error) =>
      reasons.push(`✗ ${test.fullTitle()}: ${error.message.split('\n', 1)[0]}`),
    );
  });
  if (output) appendFileSync(output, reasons.map((reason) => `${reason}\n`).join(''));
  const counts = { passed: runner.stats.passes, failed };
  if (process.env.SAGALINT_TEST_COUNTS)
    writeFileSync(process.env.SAGALINT_TEST_COUNTS, JSON.stringify(counts));
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
