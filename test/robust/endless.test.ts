// What a stranger's repository may hold so that its reader never ends, or ends in an overflow.
import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, sagalint, type Ran } from '../cli/command.ts';

const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
const check = (folder: string): Ran => sagalint(['check', folder, '--no-cache'], { timeout: 30_000 });

/** The other code of the folder is linted as if nothing was. */
function expectLinted({ status, out, err }: Ran): void {
  expect(err).toBe('');
  expect(status).toBe(1);
  expect(out).toContain('missing-event-metadata');
}

describe.each(['package.json', 'tsconfig.json', 'project.json', 'sagalint.config.json'])('a %s', (name) => {
  const deep = [
    `{ "exports": ${'['.repeat(10_000)}${']'.repeat(10_000)} }`,
    '{ "exports": '.repeat(100_000),
    `{ "sagalint": ${'{ "rules": '.repeat(10_000)}1${'}'.repeat(10_000)} }`,
  ];
  it.each(deep.map((text, index) => [index, text] as const))('that nests without end, %i', (_, text) => {
    const ran = check(folderWith({ 'src/placed.ts': placed, [name]: text }));
    if (name !== 'sagalint.config.json') return expectLinted(ran);
    expect(ran.err).toMatch(/^sagalint: \S+sagalint\.config\.json:1:1: It is nested too deeply\.\n$/);
    expect(ran.status).toBe(2);
  });
});

it('reads a tsconfig.json that extends itself, many times over', () => {
  const bases = Array.from({ length: 100 }, (_, index) =>
    index % 2 ? './tsconfig.json' : './tsconfig.base.json',
  );
  const text = JSON.stringify({ extends: bases });
  expectLinted(
    check(folderWith({ 'src/placed.ts': placed, 'tsconfig.json': text, 'tsconfig.base.json': text })),
  );
});

it("reads methods that give one another's results, by more ways than can be walked", () => {
  const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
  const ways = names.map((name) => `if (it.${name}) return this.${name}(it);`).join(' ');
  const methods = names.map((name) => `${name}(it: Record<string, boolean>) { ${ways} }`).join('\n');
  const code = `import { connect } from 'amqplib';\n${placed}export class Shop {\n${methods}\n}\nvoid connect;\n`;
  expectLinted(check(folderWith({ 'src/shop.ts': code })));
});

it('reads options that spread one another, by more ways than can be walked', () => {
  const options = Array.from({ length: 400 }, (_, index) => {
    const spread = Array.from({ length: Math.min(index, 20) }, (_it, back) => `...o${index - 1 - back}`);
    return `const o${index} = { ${[...spread, `k${index}: 1`].join(', ')} };\nvoid new Queue('q${index}', o${index});`;
  });
  const code = `import { Queue } from 'bullmq';\n${placed}${options.join('\n')}\n`;
  expectLinted(check(folderWith({ 'src/queues.ts': code })));
});

it('looks at hundreds of catches in loops of one handler', () => {
  const loops = Array.from(
    { length: 400 },
    (_, it) =>
      `for (const i${it} of items) { try { await fetch('https://shop.example/${it}'); } catch (error) { console.error(error); } }`,
  );
  const handler = `await consumer.run({ eachMessage: async () => {\n${loops.join('\n')}\n} });`;
  const code = `import type { Consumer } from 'kafkajs';\n${placed}export async function run(consumer: Consumer, items: string[]) {\n${handler}\n}\n`;
  expectLinted(check(folderWith({ 'src/run.ts': code })));
});

it('takes the words of a rule for words, whatever they would mean as an expression', () => {
  const words = ['([a-z]+)+!', '(', '[', 'a{9}', ' ', '', `${'- '.repeat(300)}!`];
  const options = { failures: ['failed', ...words] };
  const rules = {
    'missing-failure-event': ['warning', options],
    'unhandled-failure-event': ['warning', options],
  };
  const names = `export const names = ['${'a'.repeat(60)}', '${'- '.repeat(400)}', 'payment.charged'];
export interface PaymentProcessedEvent { orderId: string }
export const tell = (bus: EventBus, event: PaymentProcessedEvent) => bus.publish(event);\n`;
  const config = JSON.stringify({ rules });
  expectLinted(
    check(folderWith({ 'src/placed.ts': placed, 'src/names.ts': names, 'sagalint.config.json': config })),
  );
});

describe.skipIf(process.platform === 'win32')('what has no end on the disk', () => {
  const folderOf = (): string =>
    folderWith({ 'src/placed.ts': placed, 'tsconfig.json': '{ "extends": "./base.json" }' });

  it('a device behind a link is not read', () => {
    const folder = folderOf();
    symlinkSync('/dev/zero', join(folder, 'base.json'));
    expectLinted(check(folder));
  });

  it('a pipe is not read, nor above the folder', () => {
    const folder = folderOf();
    const pipes = ['base.json', '.gitignore', 'package.json', 'src/pipe.ts', 'src/tsconfig.json'];
    expect(spawnSync('mkfifo', pipes, { cwd: folder }).status).toBe(0);
    expectLinted(check(folder));
    writeFileSync(join(folder, 'src/more.ts'), placed);
    expectLinted(check(join(folder, 'src')));
  });
});

const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('\n');

/** Each step leads to the one before in two ways: as many ways as no one can go. */
const pairs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'base types': {
    'src/pairs.ts': rows(
      60,
      (it) => `export interface A${it}Event extends A${it - 1}Event, B${it - 1}Event {}
export interface B${it}Event extends A${it - 1}Event, B${it - 1}Event {}`,
    ),
  },
  'type aliases': {
    'src/pairs.ts': rows(60, (it) => `export type A${it + 1}Event = A${it}Event & A${it}Event;`),
  },
  'functions that give names': {
    'src/pairs.ts': `import type { Producer } from 'kafkajs';
${rows(
  20,
  (it) => `const topic${it} = (of: string): string => {
  switch (of) {
${rows(6, (way) => `    case '${way}': return topic${it - 1}(of + '${way}');`)}
  }
  return '';
};`,
)}
export const place = async (producer: Producer) => producer.send({ topic: topic19('order'), messages: [] });
`,
  },
  'functions that hand their list to themselves': {
    'src/pairs.ts': `import type { Channel } from 'amqplib';
interface Handler { queue: string; handle(event: unknown): Promise<void> }
export async function registerAll(channel: Channel, node: any, handlers: Handler[]): Promise<void> {
  for (const it of handlers) await channel.consume(it.queue, async (message) => it.handle(JSON.parse(String(message?.content))));
${rows(8, (it) => `  if (node.n${it}) await registerAll(channel, node.n${it}, handlers);`)}
}
export const start = (channel: Channel) => registerAll(channel, {}, [{ queue: 'order.placed', handle: async () => {} }]);
`,
  },
  'functions that give their own options': {
    'src/pairs.ts': `import { NestFactory } from '@nestjs/core';
import { Controller } from '@nestjs/common';
import { EventPattern, Transport } from '@nestjs/microservices';
function options(of: any): any {
${rows(40, (it) => `  if (of.n${it}) return options(of.n${it});`)}
  return { transport: Transport.KAFKA };
}
@Controller()
export class Orders { @EventPattern('order.placed') async place(event: { id: string }) {} }
export const start = () => NestFactory.createMicroservice(Orders, options({}));
`,
  },
  barrels: Object.fromEntries([
    ...Array.from({ length: 40 }, (_, it) =>
      ['a', 'b'].map((side) => [`src/${side}${it}.ts`, barrel(it)]),
    ).flat(),
    [
      'src/use.ts',
      "import { NoneEvent } from './a39';\nexport interface PaidEvent extends NoneEvent { id: string }\n",
    ],
  ]),
};

function barrel(index: number): string {
  return index === 0
    ? 'export const name = 1;\n'
    : `export * from './a${index - 1}';\nexport * from './b${index - 1}';\n`;
}

it.each(Object.keys(pairs))('follows %s that lead on in pairs', (name) => {
  expectLinted(check(folderWith({ 'src/placed.ts': placed, ...pairs[name] })));
});

it.each(["'", '`'])('looks at texts in %s that never end', (quote) => {
  const long = 'a'.repeat(400_000);
  const update = `import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
export const sold = (db: DynamoDBDocumentClient) =>
  db.send(new UpdateCommand({ TableName: 'stock', Key: { id: 1 }, UpdateExpression: ${quote}SET ${long}${quote} }));
`;
  expectLinted(check(folderWith({ 'src/placed.ts': placed, 'src/long.ts': update })));
});

it('follows a chain of five thousand barrels as far as anybody would write one', () => {
  const chain = Array.from({ length: 5000 }, (_, it) => [
    `src/b${it}.ts`,
    it === 0 ? 'export interface NoneEvent { id: string }\n' : `export * from './b${it - 1}';\n`,
  ]);
  const use =
    "import { NoneEvent } from './b4999';\nexport interface PaidEvent extends NoneEvent { at: string }\n";
  expectLinted(
    check(folderWith({ 'src/placed.ts': placed, ...Object.fromEntries(chain), 'src/use.ts': use })),
  );
});

const length = 400_000;

it.each([
  ['**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b', 55],
  ['**/a/**/a/**/b', 800],
])('asks the pattern %s of a .gitignore about %i folders in each other', (pattern, levels) => {
  const deep = `${'a/'.repeat(levels)}placed.ts`;
  expectLinted(
    check(folderWith({ '.gitignore': `${pattern}\n`.repeat(10), [deep]: placed, 'src/placed.ts': placed })),
  );
});

/** A text that some regular expression would read over and over. */
const long: Readonly<Record<string, string>> = {
  'a topic of capitals': `await producer.send({ topic: '${'A'.repeat(length)}', messages: [] });`,
  'a topic of dots': `await producer.send({ topic: '${'a.'.repeat(length / 2)}', messages: [] });`,
  'SQL that sets and sets': `await db.query('${'update a set '.repeat(length / 13)}');`,
  'SQL of brackets': `await db.query('with a as (${'select ) '.repeat(length / 9)}');`,
  'a name that can be read in many ways': `const x_z${'restore'.repeat(40)}Workflow = async () => { await a(); await b(); };`,
  'SQL of one word': `await db.query('update a set ${'b'.repeat(length)}');`,
  'suppressions behind blanks': `${' '.repeat(1000)}// sagalint-disable-line unbounded-retry -- so\n`.repeat(
    length / 1000,
  ),
};

it.each(Object.keys(long))('reads %s', (name) => {
  const text = `import { Kafka } from 'kafkajs';
const producer = new Kafka({ brokers: [] }).producer();
export async function place() {
${long[name] ?? ''}
}
`;
  expectLinted(check(folderWith({ 'src/placed.ts': placed, 'src/long.ts': text })));
});

describe('code that leads back to itself', () => {
  const lines = Array.from(
    { length: 40 },
    (_, index) => `  const c${index + 1} = !c${index} || (event.x${index} && !c${index});`,
  );
  const handling = (body: readonly string[]): string =>
    [
      "import { EventPattern } from '@nestjs/microservices';",
      'export class Orders {',
      "  @EventPattern('order.placed')",
      '  async place(event: any): Promise<void> {',
      ...body,
      "    await fetch('https://shop.example', { method: 'POST' });",
      '  }',
      '}',
    ].join('\n');

  it.each([
    [
      'a condition that speaks of itself',
      handling(['  const done = !done || event.skip;', '  if (done) return;']),
    ],
    [
      'conditions that each ask the last twice',
      handling(['  const c0 = event.x;', ...lines, '  if (c40) return;']),
    ],
    [
      'two buses that hand on to each other',
      [
        'export class Near { constructor(private readonly eventBus: Far) {} publish(it: any): any { return this.eventBus.publish(it); } }',
        'export class Far { constructor(private readonly eventBus: Near) {} publish(it: any): any { return this.eventBus.publish(it); } }',
      ].join('\n'),
    ],
  ])('%s', (_, text) => {
    expectLinted(check(folderWith({ 'src/placed.ts': placed, 'src/code.ts': text })));
  });
});
