// The real parts under the snippets: each started on a loopback port with a folder of its own, and stopped
// again. Where a program is not installed, what needs it is skipped, and says so.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A part that runs. */
export interface Service {
  readonly port: number;
  stop(): Promise<void>;
}

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
  const sentence = `skipped: ${absent.join(', ')} not installed`;
  console.log(sentence);
  return sentence;
}

export async function startPostgres(): Promise<Service> {
  const { folder, user } = place('postgres');
  const port = await freePort();
  const init = ['-D', folder, '-U', 'saga', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  execFileSync(programs.initdb ?? '', init, { ...user, stdio: 'ignore' });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const args = ['-D', folder, ...settings.flatMap((it) => ['-c', it])];
  const child = spawn(programs.postgres ?? '', args, { ...user, stdio: 'ignore' });
  return whenListening({ child, folder, port, signal: 'SIGINT' });
}

export async function startRedis(): Promise<Service> {
  const { folder, user } = place('redis');
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const child = spawn(programs.redis ?? '', args, { ...user, stdio: 'ignore' });
  return whenListening({ child, folder, port, signal: 'SIGTERM' });
}

export async function startRabbitmq(): Promise<Service> {
  const { folder, user } = place('rabbitmq');
  const [port, names, distribution] = [await freePort(), await freePort(), await freePort()];
  const epmd = spawn(programs.epmd ?? '', ['-port', `${names}`, '-address', '127.0.0.1'], {
    stdio: 'ignore',
  });
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: `${names}`,
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
  const child = spawn(programs.rabbitmq ?? '', [], { ...user, env, cwd: folder, stdio: 'ignore' });
  try {
    const service = await whenListening({ child, folder, port, signal: 'SIGTERM' });
    const stop = async (): Promise<void> => {
      await service.stop();
      epmd.kill();
    };
    return { port, stop };
  } catch (error) {
    epmd.kill();
    throw error;
  }
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

interface Starting {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly port: number;
  readonly signal: NodeJS.Signals;
}

async function whenListening({ child, folder, port, signal }: Starting): Promise<Service> {
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill(signal);
    await exited;
    rmSync(join(folder, '..'), { recursive: true, force: true });
  };
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}.`);
    if (await isListening(port)) return { port, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${child.spawnfile} does not listen.`);
}

async function isListening(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
