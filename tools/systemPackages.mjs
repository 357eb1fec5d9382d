// Debian's packages that the tests run on. They are installed where root and apt-get are at hand; elsewhere the
// user is told the command.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const postgresVersions = '/usr/lib/postgresql';
const servers = [
  { program: 'postgres', package: 'postgresql' },
  { program: 'redis-server', package: 'redis-server' },
  { program: 'rabbitmq-server', package: 'rabbitmq-server' },
];

/** Brings the servers under the runtime tests. What can't be installed is named: the tests that need it are skipped. */
export function installServers() {
  const missing = servers.filter(({ program }) => !isThere(program)).map((it) => it.package);
  if (missing.length === 0) return;
  installWithApt(missing);
  const absent = servers.filter(({ program }) => !isThere(program)).map((it) => it.package);
  if (absent.length > 0)
    console.error(
      `Without ${absent.join(', ')} the runtime tests that need them are skipped. This installs them:\n\n  ${commandFor(absent)}\n`,
    );
}

/** What apt says is shown only when it fails. Does nothing without root or apt-get. */
export function installWithApt(packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log(`Installing ${packages.join(', ')} with apt-get (once)`);
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) console.error(`${stdout}${stderr}`);
  }
}

/** What a user types who is not root. */
export function commandFor(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

function isThere(program) {
  const versions = existsSync(postgresVersions) ? readdirSync(postgresVersions) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/usr/bin', '/usr/sbin'],
    ...versions.map((it) => join(postgresVersions, it, 'bin')),
  ];
  return folders.some((folder) => existsSync(join(folder, program)));
}
