// The workspace in step: however one gets to a state, the findings are those of a fresh start; and no more is done than must be.
import { assert, constantFrom, array, property, record, oneof, constant, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/src/config/read.ts';
import { readProjects } from '../../server/src/config/projects.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf, type ConfigOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { saidBy } from './said.ts';

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const soundBase =
  'export interface ShopEvent { eventId: string; occurredAt: string; correlationId: string; version: number }\n';
const bareBase = 'export interface ShopEvent { shop: string }\n';
const derived =
  "import type { ShopEvent } from './base';\nexport interface OrderPlacedEvent extends ShopEvent { orderId: string }\n";
const charged =
  "import type { ShopEvent } from './base';\nexport interface PaymentProcessedEvent extends ShopEvent { id: string }\n";
const failed = 'export interface PaymentFailedEvent { paymentId: string }\n';
const viaAlias = derived.replace('./base', '@shop/base');
const consumer = `import type { OrderPlacedEvent } from './events/placed';
import { charge } from './charge';
export async function start(consumer: Consumer) {
  await consumer.subscribe({ topic: 'orders' });
  await consumer.run({ eachMessage: async ({ message }) => {
    const event: OrderPlacedEvent = JSON.parse(String(message.value));
    await charge(event);
  } });
}
import type { Consumer } from 'kafkajs';
`;
const stripe = `import Stripe from 'stripe';
const stripe = new Stripe('key');
export async function charge(order: { orderId: string }) {
  await stripe.charges.create({ amount: 1, currency: 'eur' });
}
`;
const harmless = 'export async function charge() {}\n';

const texts = [
  placed,
  derived,
  viaAlias,
  charged,
  failed,
  soundBase,
  bareBase,
  consumer,
  stripe,
  harmless,
  "export * from './base';\n",
  "export * from './index';\nexport { ShopEvent } from './charged';\n",
  "import { ShopEvent as Base } from './base';\nexport { Base as ShopEvent };\n",
  "import type { ShopEvent } from './index';\nexport interface OrderPlacedEvent extends ShopEvent { orderId: string }\n",
  'export {};\n',
  '// sagalint-disable-file missing-event-metadata -- because\n' + placed,
  'export interface {{{ <<<<<<< HEAD',
];
/** A shop that has findings of several kinds. */
const shop: ReadonlyMap<string, string> = new Map([
  ['/shop/src/events/base.ts', soundBase],
  ['/shop/src/events/placed.ts', derived],
  ['/shop/src/events/charged.ts', charged],
  ['/shop/src/events/failed.ts', failed],
  ['/shop/src/events/index.ts', "export * from './base';\n"],
  ['/shop/src/charge.ts', stripe],
  ['/shop/src/consume.ts', consumer],
]);
const files = [...shop.keys()];
const configs = [
  '{}',
  '{ "preset": "strict" }',
  '{ "preset": "off" }',
  '{ "rules": { "missing-event-metadata": "off" } }',
  '{ "exclude": ["src/events/**"] }',
  '{ "rules": { "missing-event-metadata": ["error", { "required": ["id"] }] } }',
];
const manifests = [
  '{}',
  '{ "compilerOptions": { "paths": { "@shop/*": ["./src/events/*"] } } }',
  '{ "compilerOptions": { "baseUrl": "src" } }',
];

type Step =
  | { readonly kind: 'text'; readonly file: string; readonly text: string }
  | { readonly kind: 'remove'; readonly file: string }
  | { readonly kind: 'shift'; readonly file: string }
  | { readonly kind: 'config' | 'projects'; readonly text: string }
  | { readonly kind: 'look' };

const step: Arbitrary<Step> = oneof(
  {
    weight: 6,
    arbitrary: record({
      kind: constant('text' as const),
      file: constantFrom(...files),
      text: constantFrom(...texts),
    }),
  },
  { weight: 4, arbitrary: record({ kind: constant('shift' as const), file: constantFrom(...files) }) },
  { weight: 2, arbitrary: record({ kind: constant('remove' as const), file: constantFrom(...files) }) },
  { weight: 1, arbitrary: record({ kind: constant('config' as const), text: constantFrom(...configs) }) },
  { weight: 1, arbitrary: record({ kind: constant('projects' as const), text: constantFrom(...manifests) }) },
  { weight: 3, arbitrary: constant({ kind: 'look' as const }) },
);

/** What a workspace was told in the end. */
interface Told {
  readonly texts: ReadonlyMap<string, string>;
  readonly config: string;
  readonly projects: string;
}

describe('any way to a state', () => {
  it('gives the findings and the model of a fresh start', () => {
    const seen = new Set<string>();
    assert(
      property(array(step, { maxLength: 25 }), array(step, { maxLength: 3 }), (steps, after) => {
        const workspace = fresh({ texts: shop, config: '{}', projects: '{}' });
        workspace.isEdited = true;
        const told = walk(workspace, [...steps, { kind: 'look' }, ...after]);
        const snapshot = workspace.snapshot();
        expect(saidBy(snapshot)).toEqual(saidBy(fresh(told).snapshot()));
        for (const it of snapshot.findings) seen.add(it.ruleId);
      }),
      { numRuns: Number(process.env.EDIT_RUNS ?? 150) },
    );
    // A test that saw no findings would prove nothing.
    expect([...seen]).toEqual(expect.arrayContaining(['missing-event-metadata', 'non-idempotent-consumer']));
  });

  it('gives the findings of any other order', () => {
    const order = [...files].reverse();
    const told = (names: readonly string[]): Told => ({
      texts: new Map(names.map((it) => [it, shop.get(it) ?? ''])),
      config: '{ "preset": "strict" }',
      projects: '{}',
    });
    expect(fresh(told(order)).snapshot().findings).toEqual(fresh(told(files)).snapshot().findings);
  });
});

describe('one change', () => {
  const start = (): Workspace => {
    const workspace = fresh({
      texts: new Map([
        ['/shop/src/events/base.ts', soundBase],
        ['/shop/src/events/placed.ts', derived],
        ['/shop/src/consume.ts', consumer],
        ['/shop/src/charge.ts', `${stripe}// one\n`],
      ]),
      config: '{}',
      projects: '{}',
    });
    workspace.isEdited = true;
    workspace.snapshot();
    return workspace;
  };
  const spent = (change: (workspace: Workspace) => void): { extractions: number; links: number } => {
    const workspace = start();
    const before = workspace.counters;
    change(workspace);
    workspace.snapshot();
    workspace.snapshot();
    const { extractions, links } = workspace.counters;
    return { extractions: extractions - before.extractions, links: links - before.links };
  };

  it('of a text is one extraction and one link', () => {
    expect(spent((it) => it.setText('/shop/src/events/placed.ts', placed))).toEqual({
      extractions: 1,
      links: 1,
    });
  });

  it('of a text that says the same of events links nothing', () => {
    const change = (it: Workspace): void => it.setText('/shop/src/charge.ts', `${stripe}// two\n`);
    expect(spent(change)).toEqual({ extractions: 1, links: 0 });
  });

  it('is paid once for many texts between two looks', () => {
    const type = (it: Workspace): void => {
      for (const text of ['export int', 'export interface X', placed])
        it.setText('/shop/src/events/placed.ts', text);
    };
    expect(spent(type)).toEqual({ extractions: 1, links: 1 });
  });

  it('to the same text costs nothing', () => {
    expect(spent((it) => it.setText('/shop/src/charge.ts', `${stripe}// one\n`))).toEqual({
      extractions: 0,
      links: 0,
    });
  });

  it('of the configuration extracts and links nothing', () => {
    expect(spent((it) => it.setConfig(configOf('{ "preset": "strict" }')))).toEqual({
      extractions: 0,
      links: 0,
    });
  });

  it('of a file that has nothing to do with events costs nothing', () => {
    const add = (it: Workspace): void => it.setText('/shop/src/colours.ts', 'export const red = 1;\n');
    expect(spent(add)).toEqual({ extractions: 0, links: 0 });
  });

  it('by removal is at most one link', () => {
    expect(spent((it) => it.removeFile('/shop/src/events/base.ts'))).toEqual({ extractions: 0, links: 1 });
  });

  it('leaves a snapshot that was taken as it was', () => {
    const workspace = start();
    const snapshot = workspace.snapshot();
    const before = JSON.stringify(snapshot.findings);
    workspace.setText('/shop/src/events/placed.ts', placed);
    expect(workspace.snapshot().findings).not.toEqual(snapshot.findings);
    expect(JSON.stringify(snapshot.findings)).toBe(before);
    expect(snapshot.textOf('/shop/src/events/placed.ts')).toBe(derived);
  });
});

it('extracts ahead what a look needs, imports of imports too, step by step', () => {
  const workspace = fresh({
    texts: new Map([
      ['/shop/src/events/placed.ts', derived],
      ['/shop/src/events/base.ts', "export * from '../other/base';\n"],
      ['/shop/src/other/base.ts', soundBase],
    ]),
    config: '{}',
    projects: '{}',
  });
  const steps = [...workspace.extractAhead()].length;
  expect(steps).toBeGreaterThanOrEqual(3);
  const { extractions } = workspace.counters;
  workspace.snapshot();
  expect(workspace.counters.extractions).toBe(extractions);
});

/** Does the steps; gives what the workspace was told in the end. */
function walk(workspace: Workspace, steps: readonly Step[]): Told {
  const known = new Map(shop);
  let [config, projects] = ['{}', '{}'];
  for (const it of steps) {
    if (it.kind === 'look') workspace.snapshot();
    else if (it.kind === 'text') {
      known.set(it.file, it.text);
      workspace.setText(it.file, it.text);
    } else if (it.kind === 'shift') {
      // Facts are the same but for their places.
      const text = `// sold out\n${known.get(it.file) ?? ''}`;
      known.set(it.file, text);
      workspace.setText(it.file, text);
    } else if (it.kind === 'remove') {
      known.delete(it.file);
      workspace.removeFile(it.file);
    } else if (it.kind === 'config') workspace.setConfig(configOf((config = it.text)));
    else workspace.setProjects(projectsOf((projects = it.text)));
  }
  return { texts: known, config, projects };
}

function fresh({ texts: known, config, projects }: Told): Workspace {
  const workspace = new Workspace(rules, configOf(config));
  workspace.setProjects(projectsOf(projects));
  for (const [file, text] of known) workspace.setText(file, text);
  workspace.setComplete(true);
  return workspace;
}

function configOf(text: string): ConfigOf {
  return configsOf([{ dir: '/shop', config: readConfig(text, '/shop/sagalint.config.json', rules).config }]);
}

function projectsOf(tsconfig: string): ReturnType<typeof readProjects> {
  const manifests = new Map([
    ['/shop/package.json', '{ "name": "shop" }'],
    ['/shop/tsconfig.json', tsconfig],
  ]);
  return readProjects([...manifests.keys()], (file) => manifests.get(file));
}
