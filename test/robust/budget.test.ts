// Each extraction has a budget of length, code and depth. What is past it is left out and said, and nothing else suffers.
import { describe, expect, it } from 'vitest';
import { extract } from '../../server/src/extract/extract.ts';
import { folderWith, sagalint } from '../cli/command.ts';
import { linted } from './lint.ts';

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const file = '/shop/src/events/placed.ts';

function skippedBecause(text: string): string | undefined {
  return extract(file, text).gaps.find((it) => it.isWholeFile)?.reason;
}

describe('a file is skipped, and says so,', () => {
  it('when it is too long', () => {
    expect(skippedBecause(`${placed}// ${'x'.repeat(2_000_000)}`)).toBe('The file is too long to be read.');
    expect(skippedBecause(`${placed}// ${'x'.repeat(1_000_000)}`)).toBeUndefined();
  });

  it('when it has too much code', () => {
    expect(skippedBecause(placed + 'a(b,c);'.repeat(30_000))).toBe('The file has too much code to be read.');
  });

  it('when the command meets it: in the last lines', () => {
    const folder = folderWith({
      'src/events/placed.ts': placed,
      'src/events/huge.ts': placed + `// ${'x'.repeat(20_000_000)}`,
      'src/events/deep.ts': `bus.publish(${'('.repeat(10_000)}x${')'.repeat(10_000)});`,
      'src/events/binary.ts': `${placed}\u0000`,
    });
    const { out, status } = sagalint(['check', folder, '--no-cache']);
    expect(status).toBe(1);
    expect(out).toContain('Skipped: 3 files.');
    expect(out).toContain('src/events/huge.ts: It is too large, binary, or can not be read.');
    expect(out).toContain('src/events/deep.ts: The code is nested too deeply to be read.');
    expect(out).toContain('1 finding ');
  });
});

/** Code that nests `n` levels, in each way that a grammar allows. */
const nests: Readonly<Record<string, (n: number) => string>> = {
  brackets: (n) => `bus.publish(${'('.repeat(n)}x${')'.repeat(n)});`,
  'open brackets': (n) => `bus.publish(${'(['.repeat(n)}`,
  lists: (n) => `const saga = ${'['.repeat(n)}${']'.repeat(n)};`,
  objects: (n) => `const saga = ${'{a:'.repeat(n)}1${'}'.repeat(n)};`,
  calls: (n) => `publish(${'f('.repeat(n)}1${')'.repeat(n)});`,
  chains: (n) => `publish(a${'.b()'.repeat(n)});`,
  sums: (n) => `publish('a'${"+'b'".repeat(n)});`,
  conditions: (n) => `publish(${'a?b:'.repeat(n)}c);`,
  blocks: (n) => `publish(1);${'{'.repeat(n)}${'}'.repeat(n)}`,
  'else branches': (n) => `${'if(a){publish(1)} else '.repeat(n)}{}`,
  loops: (n) => `publish(1);${'for(;;){'.repeat(n)}${'}'.repeat(n)}`,
  tries: (n) => `publish(1);${'try{'.repeat(n)}${'}catch(e){}'.repeat(n)}`,
  arrows: (n) => `const saga = ${'()=>'.repeat(n)}1;`,
  functions: (n) => `publish(1);${'function f(){'.repeat(n)}${'}'.repeat(n)}`,
  classes: (n) => `publish(1);${'class A { m() {'.repeat(n)}${'} }'.repeat(n)}`,
  namespaces: (n) => `publish(1);${'namespace A {'.repeat(n)}${'}'.repeat(n)}`,
  templates: (n) => `publish(${'`${'.repeat(n)}1${'}`'.repeat(n)});`,
  destructuring: (n) => `const ${'{a:'.repeat(n)}b${'}'.repeat(n)} = publish(1);`,
  negations: (n) => `publish(${'!'.repeat(n)}1);`,
  'type arguments': (n) => `interface OrderPlacedEvent { a: ${'A<'.repeat(n)}x${'>'.repeat(n)} }`,
  'object types': (n) => `interface OrderPlacedEvent { a: ${'{a:'.repeat(n)}x${'}'.repeat(n)} }`,
  'function types': (n) => `type OrderPlacedEvent = ${'() => '.repeat(n)}A;`,
  'conditional types': (n) => `type OrderPlacedEvent = ${'A extends B ? C : '.repeat(n)}A;`,
  'base types': (n) =>
    Array.from({ length: n }, (_, at) => `interface E${at}Event extends E${at - 1}Event {}`).join('\n'),
};

describe.each(Object.keys(nests))('nested %s', (name) => {
  it.each([300, 10_000])('of %i levels harm nobody', (levels) => {
    const text = nests[name]?.(levels) ?? '';
    const { failures, findingsOf } = linted({ 'src/events/deep.ts': text, 'src/events/placed.ts': placed });
    expect(failures).toEqual([]);
    expect(findingsOf.get(file)?.map((it) => it.ruleId)).toContain('missing-event-metadata');
  });
});

it('leaves out what stands too deep, says where, and reads the rest', () => {
  const text = `bus.publish('order.placed');\n${'if (a) {'.repeat(300)}${'}'.repeat(300)}\nbus.publish('order.shipped');\n`;
  const facts = extract(file, text);
  expect(facts.gaps).toEqual([
    { at: expect.anything(), reason: 'The code is nested too deeply here to be read.' },
  ]);
  const calls = facts.functions[0]?.body.filter((it) => it.kind === 'call');
  expect(calls).toHaveLength(2);
});

it('reads a text the same after one that broke off', () => {
  const before = extract(file, placed);
  for (const nest of Object.values(nests)) {
    extract('/shop/src/deep.tsx', nest(10_000));
    expect(extract(file, placed)).toEqual(before);
  }
});

describe.each([
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'prototype',
])('the name %s', (name) => {
  it('is one like any other', () => {
    const named = (it: string) =>
      Object.fromEntries(Object.entries(oddly(it)).map(([path, text]) => [path, text]));
    const findings = (it: string) => {
      const snapshot = linted(named(it));
      expect(snapshot.failures).toEqual([]);
      return snapshot.findings
        .map(({ ruleId, file: place }) => `${place.replaceAll(it, 'NAME')} ${ruleId}`)
        .sort();
    };
    expect(findings(name)).toEqual(findings('ordinary'));
    expect(findings(name).length).toBeGreaterThan(2);
  });
});

/** A name wherever a name can stand. */
function oddly(name: string): Readonly<Record<string, string>> {
  return {
    'package.json': `{ "name": "${name}", "dependencies": { "${name}": "1" }, "exports": { "./${name}": "./src/a.ts", "${name}": "x" } }`,
    'tsconfig.json': `{ "compilerOptions": { "paths": { "${name}": ["./src/events/placed.ts"], "${name}/*": ["./src/*"] } } }`,
    [`src/events/${name}.ts`]: `export interface OrderPlacedEvent { ${name}: string; orderId: string }
export type Events = { '${name}': OrderPlacedEvent };
export const topics = { ${name}: 'order.placed', ['${name}']: 1 };
export function ${name}() { return topics.${name}; }\n`,
    'src/consume.ts': `import { ${name}, topics } from './events/${name}';
import type { Consumer } from 'kafkajs';
import Stripe from 'stripe';
const stripe = new Stripe('key');
// sagalint-disable-next-line ${name} -- none
const handlers = { ${name}: async () => { await stripe.charges.create({ amount: 1, currency: 'eur' }); } };
export async function start(consumer: Consumer, emitter: EventEmitter) {
  emitter.emit('${name}', { ${name}: 1 });
  emitter.on('${name}', handlers.${name});
  emitter.on(topics['${name}'], handlers['${name}']);
  await consumer.subscribe({ topic: topics.${name} });
  await consumer.run({ eachMessage: async ({ message }) => { await handlers[${name}()](message); } });
}\n`,
    'src/saga.ts': `export const saga = [
  { name: '${name}', execute: ${name}, compensate: ${name} },
  { name: 'charge-card', execute: async () => charge() },
  { name: 'ship', execute: async () => ship() },
];
export class Checkout { ${name}2 = 1; async ${name}() {} run() { return this.${name}(); } }\n`,
  };
}
