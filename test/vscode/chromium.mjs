// Chromium shows the web build's workbench. It is a system package: found, or installed where that is possible.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const packages = ['chromium', 'fonts-dejavu-core'];
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium, installing one where root and apt are at hand. Throws with the command that installs it otherwise. */
export function chromium() {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) installWithApt();
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(`The tests in VS Code need Chromium, which is not installed. This installs it:

  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}

A Chromium elsewhere is named by the environment variable CHROMIUM.`);
}

function find() {
  const named = process.env.CHROMIUM;
  if (named === undefined) return usualPlaces.find((path) => existsSync(path));
  if (existsSync(named)) return named;
  throw new Error(`The environment variable CHROMIUM names ${named}, which does not exist.`);
}

/** What apt says is shown only when it fails: the message about Chromium follows then. */
function installWithApt() {
  console.log(`Installing ${packages.join(' and ')} with apt-get (once)`);
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) console.error(`${stdout}${stderr}`);
  }
}
