// What a user and the tools beside the editor do to a folder, and the property that the server keeps up with all of it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import {
  array,
  asyncProperty,
  constantFrom,
  nat,
  record,
  type Arbitrary,
  type IAsyncProperty,
} from 'fast-check';
import { expect } from 'vitest';
import { Client, folderOf, programs, write } from '../lsp/client.ts';

const base =
  'export interface ShopEvent { eventId: string; occurredAt: string; correlationId: string; version: number }\n';
const placed =
  "import type { ShopEvent } from './base';\nexport interface OrderPlacedEvent extends ShopEvent { orderId: string }\n";
const consumer = `import type { Consumer } from 'kafkajs';
import Stripe from 'stripe';
const stripe = new Stripe('key');
export async function start(consumer: Consumer) {
  await consumer.subscribe({ topic: 'order.placed' });
  await consumer.run({ eachMessage: async () => { await stripe.charges.create({ amount: 1, currency: 'eur' }); } });
}
`;
const sources = [
  'src/events/base.ts',
  'src/events/placed.ts',
  'src/events/index.ts',
  'src/consume.ts',
  'src/new/a.ts',
];
const texts = [
  base,
  placed,
  consumer,
  'export interface ShopEvent { shop: string }\n',
  'export interface OrderPlacedEvent { orderId: string }\n',
  "export * from './base';\nexport * from './placed';\n",
  "import type { ShopEvent } from '@shop/base';\nexport interface CardChargedEvent extends ShopEvent { cardId: string }\n",
  '/* 🛒 */ export interface CardChargedEvent {\r\n  cardId: string;\r\n}\r\n',
  '// sagalint-disable-file missing-event-metadata -- because\nexport interface OrderPlacedEvent { orderId: string }\n',
  'export interface OrderPlacedEvent {',
  '',
];
const configs = [
  '{}',
  '{ "preset": "strict" }',
  '{ "preset": "off" }',
  '{ "exclude": ["src/new/**"] }',
  '{ "rules": { "missing-event-metadata": "error" } }',
  '{ "rulez": ',
];

/** What else decides over the files: what their imports mean, which packages there are. */
const projects: readonly (readonly [string, string])[] = [
  ['tsconfig.json', '{ "compilerOptions": { "paths": { "./base": ["./src/consume.ts"] } } }'],
  ['tsconfig.json', '{ "compilerOptions": { "paths": { "@shop/*": ["./src/events/*"] } } }'],
  ['tsconfig.json', '{'],
  ['package.json', '{ "name": "shop", "sagalint": { "preset": "off" } }'],
  ['package.json', '{ "name": "@shop/base", "exports": "./src/events/base.ts", "sagalint": {} }'],
  ['package.json', '{}'],
];

/** One thing that is done; what can't be done in the state that it meets is left out. */
export interface Step {
  readonly kind:
    | 'open'
    | 'type'
    | 'insert'
    | 'save'
    | 'close'
    | 'write'
    | 'delete'
    | 'rename'
    | 'rename folder'
    | 'configure'
    | 'project'
    | 'ignore'
    | 'wait';
  readonly file: string;
  readonly text: string;
  readonly at: number;
}

export const steps: Arbitrary<readonly Step[]> = array(
  record({
    kind: constantFrom<Step['kind'][]>(
      ...(['open', 'open', 'type', 'type', 'insert', 'insert', 'save', 'close', 'write', 'write'] as const),
      ...(['delete', 'rename', 'rename folder', 'configure', 'project', 'ignore', 'wait'] as const),
    ),
    file: constantFrom(...sources),
    text: constantFrom(...texts),
    at: nat(),
  }),
  { minLength: 1, maxLength: 30 },
);

/**
 * After any steps the editor shows what a server shows that starts on the outcome. All sequences are done to one server, each in a
 * folder of its own.
 */
export function editsAreFollowed(): IAsyncProperty<[readonly Step[]]> {
  let running: Promise<Client> | undefined;
  return asyncProperty(steps, async (all) => {
    const client = await (running ??= Client.start([], { program: programs.built }));
    const folder = folderOf({
      [sources[0] ?? '']: base,
      [sources[1] ?? '']: placed,
      [sources[3] ?? '']: consumer,
    });
    await client.after(() => client.changeFolders([folder], []));
    const open = new Map<string, string>();
    for (const it of all) await take(client, folder, open, it);
    const wanted = await freshly(folder, open);
    await client.until(() => same(client.shownIn(folder), wanted), `it shows ${JSON.stringify(wanted)}`);
    for (const file of open.keys()) await client.close(file);
    await client.after(() => client.changeFolders([], [folder]));
    expect(client.shownIn(folder)).toEqual([]);
  });
}

async function take(client: Client, folder: string, open: Map<string, string>, step: Step): Promise<void> {
  const file = `${folder}/${step.file}`;
  if (step.kind === 'open') {
    if (open.has(file)) return;
    open.set(file, step.text);
    return client.open(file, step.text);
  }
  if (step.kind === 'wait') return client.after(() => client.watched([file, existsSync(file) ? 2 : 3]));
  if (!isForOpen(step.kind)) return beside(client, folder, step);
  const shown = [...open.keys()][step.at % open.size];
  if (shown !== undefined) await edit(client, open, shown, step);
}

function isForOpen(kind: Step['kind']): boolean {
  return kind === 'type' || kind === 'insert' || kind === 'save' || kind === 'close';
}

/** What an editor does to a document that it shows. */
async function edit(client: Client, open: Map<string, string>, file: string, step: Step): Promise<void> {
  const text = open.get(file) ?? '';
  if (step.kind === 'save') return changed(client, file, () => write(file, text));
  if (step.kind === 'close') {
    open.delete(file);
    return client.close(file);
  }
  if (step.kind === 'type') await client.type(file, step.text);
  else {
    const place = { line: step.at % text.split('\n').length, character: 0 };
    await client.type(file, '\n// note\n', { start: place, end: place });
  }
  open.set(file, client.textOf(file));
}

/** What happens on the disk, by other hands than the editor's. */
async function beside(client: Client, folder: string, { kind, file: path, text, at }: Step): Promise<void> {
  const file = `${folder}/${path}`;
  const pick = (of: readonly string[]): string => of[at % of.length] ?? '';
  if (kind === 'write') return changed(client, file, () => write(file, text));
  if (kind === 'configure')
    return changed(client, `${folder}/sagalint.config.json`, (it) => write(it, pick(configs)));
  if (kind === 'project') {
    const [name = '', content = ''] = projects[at % projects.length] ?? [];
    return changed(client, `${folder}/${name}`, (it) => write(it, content));
  }
  if (kind === 'ignore')
    return changed(client, `${folder}/.gitignore`, (it) => write(it, pick(['', 'src/new/\n', '*.ts\n'])));
  if (kind === 'delete') return changed(client, file, () => rmSync(file, { force: true }));
  const [from, to] =
    kind === 'rename' ? [file, `${folder}/${pick(sources)}`] : [`${folder}/src/events`, `${folder}/src/new`];
  if (from === to || !existsSync(from) || existsSync(to)) return;
  write(`${to}.x`, '');
  renameSync(from, to);
  rmSync(`${to}.x`);
  return client.watched([from, 3], [to, 1]);
}

async function changed(client: Client, file: string, change: (file: string) => void): Promise<void> {
  const before = existsSync(file);
  change(file);
  const after = existsSync(file);
  if (before || after) await client.watched([file, !before ? 1 : after ? 2 : 3]);
}

/** What a server shows that starts now, with these documents open. */
async function freshly(folder: string, open: ReadonlyMap<string, string>): Promise<readonly unknown[]> {
  const client = new Client(programs.built);
  await client.initialize([folder], {});
  for (const [file, text] of open) await client.open(file, text);
  await client.ready();
  // The documents came while it read the rest: one more round has seen them all.
  await client.after(() => client.watched([`${folder}/none.ts`, 3]));
  client.connection.dispose();
  client.process.kill();
  await client.exit;
  return client.shownIn(folder);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
