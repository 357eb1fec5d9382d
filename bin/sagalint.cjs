#!/usr/bin/env node
// Starts the command. V8's compile cache makes the second start faster where Node has it (22.1 and newer).
const { existsSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');

const [, , first, ...others] = process.argv;
if (others.length === 0 && (first === '--version' || first === '-v'))
  console.log(require('../package.json').version);
else start();

function start() {
  // Node's own place for it is a folder where everybody may write, and what lies there is run.
  require('node:module').enableCompileCache?.(join(cacheFolder(), 'compiled'));
  const built = join(__dirname, '../dist/cli.cjs');
  if (existsSync(built)) return require(built);
  console.error('sagalint is not built yet. Run `npm start` or `npm run build` in its folder first.');
  process.exitCode = 2;
}

/** As `cacheFolder` in server/src/disk.ts, which is not loaded yet. */
function cacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'sagalint');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sagalint');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'sagalint');
}
