// A simulated user for as long as one likes: `npm run soak -- [checkout] [--minutes 30] [--seed 1] [--server dist/server.cjs]`.
// It types, saves, renames and switches branches in a copy of a checkout (or of a generated workspace), watches memory and
// latency, and at intervals compares what the editor shows with what a server says that starts afresh.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generated } from '../bench/generate.ts';
import { randomOf, type Random } from '../bench/random.ts';
import { Checkout } from './checkout.ts';
import { Figures } from './figures.ts';
import { User, type Answered } from './user.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: process.env['SOAK_MINUTES'] ?? '30' },
    seed: { type: 'string', default: '1' },
    server: { type: 'string', default: join(import.meta.dirname, '../../dist/server.cjs') },
    /** Minutes between two comparisons with a fresh start. */
    compare: { type: 'string', default: '3' },
  },
});

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'sagalint-soak-')));
const from = positionals[0] ? resolve(positionals[0]) : generated(join(tmpdir(), 'sagalint-bench'), 500);
const random = randomOf(Number(values.seed));
const checkout = new Checkout(from, join(scratch, 'checkout'), random);
const server = resolve(values.server);
const figures = new Figures();
async function soak(): Promise<void> {
  const user = new User(server);
  await user.start(checkout.root);
  console.log(
    `seed ${values.seed}, ${values.minutes} minutes on ${from}: ${user.shown().length} diagnostics, ${user.memory()} MB`,
  );
  const minute = 60_000;
  const end = performance.now() + Number(values.minutes) * minute;
  let nextSample = 0;
  let nextComparison = performance.now() + Number(values.compare) * minute;
  let files = checkout.sources();
  while (performance.now() < end) {
    const kind = await act(user, files, random);
    if (kind === 'switch' || kind === 'rename') files = checkout.sources();
    if (performance.now() > nextSample) {
      figures.memory(user.memory());
      nextSample = performance.now() + minute / 2;
    }
    if (performance.now() < nextComparison) continue;
    await compare(user);
    nextComparison = performance.now() + Number(values.compare) * minute;
  }
  await compare(user);
  figures.memory(user.memory());
  await user.stop();
  for (const it of new Set(user.logs)) console.log(`log: ${it}`);
  console.log(figures.report());
  process.exitCode = figures.isSound && user.logs.length === 0 ? 0 : 1;
}

type Kind = 'type' | 'open' | 'close' | 'save' | 'rename' | 'switch' | 'configure' | 'actions';

const weights: Readonly<Record<Kind, number>> = {
  type: 60, open: 10, close: 7, save: 10, actions: 8, rename: 2, switch: 2, configure: 1,
}; // prettier-ignore

async function act(user: User, files: readonly string[], chance: Random): Promise<Kind> {
  const open = [...user.open.keys()];
  const kind = open.length === 0 ? 'open' : chosen(chance);
  const file = open.length > 0 ? chance.pick(open) : '';
  if (kind === 'actions') {
    figures.asked(await user.asksForActions(file));
    return kind;
  }
  const answered = await actions[kind](user, kind === 'open' ? chance.pick(files) : file, files);
  if (answered) figures.answered(kind, answered);
  return kind;
}

const actions: Readonly<
  Record<
    Exclude<Kind, 'actions'>,
    (user: User, file: string, files: readonly string[]) => Promise<Answered | undefined>
  >
> = {
  type: (user, file) => user.type(file, checkout.edit(user.open.get(file) ?? '')),
  open: async (user, file) => {
    if (user.open.has(file) || user.open.size > 12 || !existsSync(file)) return undefined;
    return user.show(file);
  },
  close: (user, file) => user.hide(file),
  save: (user, file) => {
    const isThere = existsSync(file);
    checkout.write(file, user.open.get(file) ?? '');
    return user.watched([[file, isThere ? 2 : 1]]);
  },
  rename: async (user, file) => {
    if (!existsSync(file)) return undefined;
    await user.hide(file);
    return user.watched(checkout.rename(file).changes);
  },
  switch: (user, _, files) => user.watched(checkout.switchBranch(files)),
  configure: (user) => {
    const config = join(checkout.root, 'sagalint.config.json');
    const isThere = existsSync(config);
    checkout.write(config, random.pick(['{}', '{ "preset": "strict" }', '{ "exclude": ["**/dto/**"] }']));
    return user.watched([[config, isThere ? 2 : 1]]);
  },
};

function chosen(chance: Random): Kind {
  const all = Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
  const kind = chance.pick(all);
  return isKind(kind) ? kind : 'type';
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(weights, kind);
}

/** What the editor shows against what a fresh server says of the same texts. */
async function compare(user: User): Promise<void> {
  const fresh = new User(server);
  await fresh.start(checkout.root, user.open);
  // A fresh server shows the open files before the rest is read.
  const [here, there] = [new Set(user.shown()), new Set(fresh.shown())];
  const lost = [...there].filter((it) => !here.has(it));
  const stale = [...here].filter((it) => !there.has(it));
  figures.compared({ lost, stale, all: there.size, fresh: fresh.memory() });
  await fresh.stop();
}

try {
  await soak();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
