// `npm start`: from a fresh checkout to findings in the terminal. `npm start -- PATH…` lints other folders.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, heading, install, run } from './setup.mjs';

const example = 'examples/happy-path-shop';
const given = process.argv.slice(2).map(fromWhereTheUserStands);
const isDemo = given.every((argument) => argument.startsWith('-'));

await install();
await build();
heading(isDemo ? `Linting ${example}` : `Linting ${given.join(' ')}`);
const targets = isDemo ? [example, ...given] : given;
const { status } = await run('node', ['bin/sagalint.cjs', 'check', ...targets]);
if (isDemo && status <= 1) explainDemo();
// Findings in the bundled example are its purpose, so only a run that broke is a failure there.
process.exitCode = isDemo && status === 1 ? 0 : status;

/** npm starts scripts in the checkout's folder; INIT_CWD says where the user typed the command. */
function fromWhereTheUserStands(argument) {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), argument);
  return !argument.startsWith('-') && existsSync(path) ? path : argument;
}

function explainDemo() {
  heading('Next');
  console.log(`${example} is code as an assistant returns it at the first try: its faults are there to be found.
examples/resilient-shop is the same system without them:  npm start -- examples/resilient-shop
Lint your own code:                                       npm start -- PATH
See it in VS Code, with squiggles, fixes and snippets:    npm run package, then
  code --install-extension dist/sagalint.vsix && code ${example}`);
}
