// The real parts under the snippets: each started on a loopback port with a folder of its own, and stopped
// again. Where a program is not installed, what needs it is skipped, and says so.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A part that runs. */
export interface Service {
  readonly port: number;
  stop(): Promise<void>;
}

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
const postgresFolders = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`)
  : [];
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/rabbitmq/bin'];

/** Which programs are here; `null` for one that is not. */
export const programs = {
  initdb: find('initdb', postgresFolders),
  postgres: find('postgres', postgresFolders),
  redis: find('redis-server', folders),
  rabbitmq: find('rabbitmq-server', ['/usr/lib/rabbitmq/bin']),
  epmd: find('epmd', folders),
};

/** What is missing of these, as a sentence; empty if nothing is. Printed once, so that a skip is seen. */
export function missing(...names: (keyof typeof programs)[]): string {
  const absent = names.filter((name) => programs[name] === null);
  if (absent.length === 0) return '';
  const sentence = `SKIPPED for want of ${absent.join(', ')}: install Debian's packages postgresql, redis-server and rabbitmq-server`;
  console.log(sentence);
  return sentence;
}

export async function startPostgres(): Promise<Service> {
  const { folder, user } = place('postgres');
  const port = await freePort();
  const init = ['-D', folder, '-U', 'saga', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  execFileSync(programs.initdb ?? '', init, { ...user, stdio: 'ignore' });
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=200',
  ];
  const args = ['-D', folder, ...settings.flatMap((it) => ['-c', it])];
  const child = guarded({ folder, user, signal: 'SIGINT' }, [programs.postgres ?? '', ...args]);
  return whenListening(child, port);
}

export async function startRedis(): Promise<Service> {
  const { folder, user } = place('redis');
  const port = await freePort();
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--databases',
    '64',
  ];
  return whenListening(guarded({ folder, user, signal: 'SIGTERM' }, [programs.redis ?? '', ...args]), port);
}

/** Starts RabbitMQ with this many virtual hosts, `lane-0` and so on: each a broker of its own. */
export async function startRabbitmq(hosts: number): Promise<Service> {
  const { folder, user } = place('rabbitmq');
  const names = Array.from({ length: hosts }, (_, index) => `lane-${index}`);
  writeFileSync(join(folder, 'definitions.json'), JSON.stringify(definitions(names)));
  writeFileSync(join(folder, 'rabbitmq.conf'), `load_definitions = ${folder}/definitions.json\n`);
  const [port, epmdPort, distribution] = [await freePort(), await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: `${epmdPort}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `saga-${port}@localhost`,
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: `${distribution}`,
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  };
  // Erlang's name server, which would otherwise be started for the whole machine, and left.
  const nameServer = [programs.epmd ?? '', '-port', `${epmdPort}`, '-address', '127.0.0.1'];
  const epmd = guarded({ ...place('rabbitmq'), signal: 'SIGTERM' }, nameServer);
  const child = guarded({ folder, user, signal: 'SIGTERM', env }, [programs.rabbitmq ?? '']);
  const service = await whenListening(child, port);
  const stop = async (): Promise<void> => {
    await service.stop();
    await stopped(epmd);
  };
  return { port, stop };
}

/** What RabbitMQ makes when it starts: hosts that the user `guest` may use. */
function definitions(hosts: readonly string[]): object {
  const all = { configure: '.*', write: '.*', read: '.*' };
  return {
    vhosts: hosts.map((name) => ({ name })),
    users: [{ name: 'guest', password: 'guest', tags: ['administrator'] }],
    permissions: hosts.map((vhost) => ({ vhost, user: 'guest', ...all })),
  };
}

function find(name: string, places: readonly string[]): string | null {
  return places.map((it) => join(it, name)).find((it) => existsSync(it)) ?? null;
}

interface Place {
  readonly folder: string;
  /** Servers refuse to run as root, so they get the user that Debian made for them. */
  readonly user: { readonly uid?: number; readonly gid?: number };
}

function place(name: string): Place {
  const folder = join(mkdtempSync(join(tmpdir(), `saga-${name}-`)), 'data');
  mkdirSync(folder, { mode: 0o700 });
  if (process.getuid?.() !== 0) return { folder, user: {} };
  const [uid, gid] = ['-u', '-g'].map((it) => Number(execFileSync('id', [it, name], { encoding: 'utf8' })));
  if (uid === undefined || gid === undefined) throw new Error(`There is no user ${name}.`);
  chownSync(join(folder, '..'), uid, gid);
  chownSync(folder, uid, gid);
  return { folder, user: { uid, gid } };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

interface Server extends Place {
  /** What has it stop in good order. */
  readonly signal: NodeJS.Signals;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts a program that ends with its guard's input, which ends with this process at the latest. The guard has a
 * group of its own: a `kill -9` of the tests' whole group must leave it alive to clean up.
 */
function guarded({ folder, user, signal, env }: Server, command: readonly string[]): ChildProcess {
  const ids = user.uid === undefined ? '' : `${user.uid}:${user.gid}`;
  const args = [guard, join(folder, '..'), signal, ids, ...command];
  return spawn(process.execPath, args, {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    cwd: folder,
    env: env ?? process.env,
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null ? once(child, 'exit') : undefined;
  child.stdin?.end();
  await exited;
}

async function whenListening(child: ChildProcess, port: number): Promise<Service> {
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error(`A server ended with ${child.exitCode}.`);
    if (await isListening(port)) return { port, stop: () => stopped(child) };
    await sleep(100);
  }
  await stopped(child);
  throw new Error('A server does not listen.');
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
