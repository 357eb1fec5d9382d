#!/usr/bin/env node
// Starts the command. V8's compile cache makes the second start faster where Node has it (22.1 and newer).
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const [, , first, ...others] = process.argv;
if (others.length === 0 && (first === '--version' || first === '-v'))
  console.log(require('../package.json').version);
else start();

function start() {
  require('node:module').enableCompileCache?.();
  const built = join(__dirname, '../dist/cli.cjs');
  if (existsSync(built)) return require(built);
  console.error('sagalint is not built yet. Run `npm start` or `npm run build` in its folder first.');
  process.exitCode = 2;
}
