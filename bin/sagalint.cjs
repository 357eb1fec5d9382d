#!/usr/bin/env node
// Starts the command. V8's compile cache makes the second start faster where Node has it (22.1 and newer).
const { existsSync } = require('node:fs');
const { join } = require('node:path');

require('node:module').enableCompileCache?.();
const built = join(__dirname, '../dist/cli.cjs');
if (existsSync(built)) require(built);
else {
  console.error('sagalint is not built yet. Run `npm start` or `npm run build` in its folder first.');
  process.exitCode = 2;
}
