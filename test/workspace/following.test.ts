// Which files are read beyond those that have a trigger word.
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/src/config/read.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const shop = {
  'consumer.ts': `import { Inject } from '@nestjs/common';
import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { CHAT, PAYMENTS, type Chat, type Payments } from './ports';
export class OrderConsumer {
  constructor(@Inject(PAYMENTS) private readonly payments: Payments, @Inject(CHAT) private readonly chat: Chat) {}
  @RabbitSubscribe({ exchange: 'orders', routingKey: 'order.placed', queue: 'payments' })
  async take(order: { readonly total: number }) { await this.payments.take(order.total); }
  @RabbitSubscribe({ exchange: 'orders', routingKey: 'order.placed', queue: 'chat' })
  async tell(order: { readonly id: string }) { await this.chat.tell(order.id); }
}`,
  'ports.ts': `export const PAYMENTS = Symbol('PAYMENTS');
export const CHAT = Symbol('CHAT');
export interface Payments { take(total: number): Promise<void> }
export interface Chat { tell(id: string): Promise<void> }`,
  'app.module.ts': `import { Module } from '@nestjs/common';
import { CHAT, PAYMENTS } from './ports';
import { CardPayments } from './card';
import { ChatRoom } from './room';
import { Clock } from './clock';
@Module({
  imports: [Clock],
  providers: [
    { provide: PAYMENTS, useClass: CardPayments },
    { provide: CHAT, useFactory: () => new ChatRoom() },
  ],
})
export class AppModule {}`,
  'card.ts': `export class CardPayments {
  async take(total: number) { await fetch('https://cards.example', { method: 'POST', body: String(total) }); }
}`,
  'room.ts': `export class ChatRoom {
  async tell(id: string) { await fetch('https://chat.example', { method: 'POST', body: id }); }
}`,
  'clock.ts': `export class Clock { now() { return Date.now(); } }`,
};

it('finds the classes that only a provider of a container leads to, and reads nothing else of its module', () => {
  const { config } = readConfig('{}', '/shop/sagalint.config.json', rules);
  const workspace = new Workspace(rules, configsOf([{ dir: '/shop', config }]));
  for (const [file, text] of Object.entries(shop)) workspace.setText(`/shop/src/${file}`, text);
  workspace.setComplete(true);
  const { findings, factsOf } = workspace.snapshot();
  const repeated = findings.filter((finding) => finding.ruleId === 'non-idempotent-consumer');
  expect(repeated.map((finding) => finding.symbol)).toEqual(['take', 'tell']);
  expect(factsOf('/shop/src/card.ts')).toBeDefined();
  expect(factsOf('/shop/src/clock.ts')).toBeUndefined();
});

it('finds what the functions call that only an object of a container holds', () => {
  const { config } = readConfig('{}', '/shop/sagalint.config.json', rules);
  const workspace = new Workspace(rules, configsOf([{ dir: '/shop', config }]));
  const objects = {
    ...shop,
    'app.module.ts': `import { Module, type DynamicModule } from '@nestjs/common';
import { CHAT, PAYMENTS } from './ports';
import { post } from './post';
import { makeRoom } from './made';
import { now } from './clock';
@Module({ providers: [{ provide: PAYMENTS, useValue: { take: (total: number) => post(String(total)) } }] })
export class AppModule {
  readonly startedAt = now();
  static register(): DynamicModule {
    return { module: AppModule, providers: [{ provide: CHAT, useFactory: () => makeRoom() }] };
  }
}`,
    'post.ts': `export async function post(body: string) { await fetch('https://cards.example', { method: 'POST', body }); }`,
    'made.ts': `import { post } from './post';
export const makeRoom = () => ({ tell: (id: string) => post(id) });`,
    'clock.ts': `export const now = () => Date.now();`,
  };
  for (const [file, text] of Object.entries(objects)) workspace.setText(`/shop/src/${file}`, text);
  workspace.setComplete(true);
  const { findings, factsOf } = workspace.snapshot();
  const repeated = findings.filter((finding) => finding.ruleId === 'non-idempotent-consumer');
  expect(repeated.map((finding) => finding.symbol)).toEqual(['take', 'tell']);
  expect(factsOf('/shop/src/clock.ts')).toBeUndefined();
});

const library = `import type { Producer } from 'kafkajs';
import { send } from './barrel';
export const place = (producer: Producer) => producer.send({ topic: 'order.placed', messages: [send('1')] });
`;
const sending = 'export const send = (id: string) => ({ key: id, value: id });\n';

describe('a file that is edited', () => {
  it('is read again once it declares a name that an edit beside another took away', () => {
    const { edit, reached } = edited({
      'a.ts': library,
      'barrel.ts': "export * from './lib';\n",
      'lib.ts': sending,
    });
    edit({
      'barrel.ts': "export * from './lib';\nexport const open = true;\n",
      'lib.ts': 'export const close = 1;\n',
    });
    expect(reached()).toEqual(['a.ts']);
    edit({ 'lib.ts': sending });
    expect(reached()).toEqual(['a.ts', 'barrel.ts', 'lib.ts']);
  });

  it('is read once it declares a name, though it was empty and typed in two steps', () => {
    const { edit, reached } = edited({
      'a.ts': library,
      'barrel.ts': "export * from './lib';\n",
      'lib.ts': '',
    });
    edit({ 'lib.ts': 'export const send = () => ({' });
    edit({ 'lib.ts': sending });
    expect(reached()).toEqual(['a.ts', 'barrel.ts', 'lib.ts']);
  });

  it('is read once it hands on the decorator of another', () => {
    const { edit, reached } = edited({
      'consumer.ts': `// Takes events.
import { Injectable } from '@nestjs/common';
import { Topic } from './decorators';
@Injectable()
export class Payments { @Topic('order.placed') async take(event: { readonly id: string }) {} }
`,
      'decorators.ts': 'export const nothing = 1;\n',
      'topic.ts': `import { applyDecorators } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
export const Topic = (name: string) => applyDecorators(EventPattern(name));
`,
    });
    edit({ 'decorators.ts': "export * from './topic';\n" });
    expect(reached()).toEqual(['consumer.ts', 'decorators.ts', 'topic.ts']);
  });

  it('leads to what a handler does that is registered by a function of another file', () => {
    const { edit, reached } = edited({
      'queue.ts': `import type { Channel } from 'amqplib';
export class Broker {
  constructor(private readonly channel: Channel) {}
  async listenTo(queue: string, handle: (input: { readonly id: string }) => Promise<void>) {}
}
`,
      'main.ts': `import { Payments } from './payments';
import type { Broker } from './queue';
export function start(broker: Broker, payments: Payments) {
  // Takes from the queue.
  broker.listenTo('order.placed', async (input) => payments.take(input));
}
`,
      'payments.ts': 'export class Payments { async take(input: { readonly id: string }) {} }\n',
    });
    expect(reached()).not.toContain('payments.ts');
    edit({
      'queue.ts': `import type { Channel } from 'amqplib';
export class Broker {
  constructor(private readonly channel: Channel) {}
  async listenTo(queue: string, handle: (input: { readonly id: string }) => Promise<void>) {
    await this.channel.consume(queue, async (message) => {
      if (message) await handle(JSON.parse(String(message.content)));
    });
  }
}
`,
    });
    expect(reached()).toEqual(['main.ts', 'payments.ts', 'queue.ts']);
  });

  it('between two steps of reading ahead is not forgotten', () => {
    const workspace = filled({ 'a.ts': library.replace(/send\('1'\)/, "{ value: '1' }"), 'b.ts': library });
    const steps = workspace.extractAhead();
    steps.next();
    steps.next();
    workspace.setText('/shop/a.ts', library.replace('order.placed', 'order.shipped'));
    for (const _ of steps);
    expect(workspace.snapshot().model.producers.map((it) => it.event?.name)).toEqual([
      'order.shipped',
      'order.placed',
    ]);
  });
});

interface Edited {
  /** Puts texts in, and looks only then. */
  readonly edit: (texts: Readonly<Record<string, string>>) => void;
  /** The files of the model; a fresh start finds the same. */
  readonly reached: () => readonly string[];
}

function edited(start: Readonly<Record<string, string>>): Edited {
  const workspace = filled(start);
  workspace.isEdited = true;
  workspace.snapshot();
  let texts = start;
  return {
    edit: (changed) => {
      texts = { ...texts, ...changed };
      for (const [file, text] of Object.entries(changed)) workspace.setText(`/shop/${file}`, text);
    },
    reached: () => {
      const { model, findings } = workspace.snapshot();
      expect(findings).toEqual(filled(texts).snapshot().findings);
      return [...model.files.keys()].map((it) => it.slice('/shop/'.length));
    },
  };
}

function filled(texts: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace(rules, configsOf([], { preset: 'strict' }));
  for (const [file, text] of Object.entries(texts)) workspace.setText(`/shop/${file}`, text);
  workspace.setComplete(true);
  return workspace;
}

describe('a file that hands its event to a publishing function of another file', () => {
  const announcing = (call: string): Readonly<Record<string, string>> => ({
    'broker.ts': `import type { Channel } from 'amqplib';
export abstract class Announcing {
  constructor(private readonly channel: Channel) {}
  protected sendEvent(topic: string, body: object) { this.channel.publish('shop', topic, Buffer.from(JSON.stringify(body))); }
}`,
    'parcels.ts': `import { Announcing } from './broker';
import { Packing } from './packing';
export class Parcels extends Announcing {
  private readonly packing = new Packing();
  async pack(orderId: string) {
    await this.packing.pack(orderId);
    ${call}
  }
}
// This service takes part in the saga of an order.`,
    'packing.ts': `import { Shelf } from './shelf';
export class Packing {
  private readonly shelf = new Shelf();
  async pack(orderId: string) { await this.shelf.insert(orderId); }
}`,
    'shelf.ts': `import type { Db } from 'mongodb';
export class Shelf {
  private readonly db!: Db;
  async insert(orderId: string) { await this.db.collection('parcels').insertOne({ orderId }); }
}`,
  });
  const lint = (files: Readonly<Record<string, string>>) => {
    const { config } = readConfig('{}', '/shop/sagalint.config.json', rules);
    const workspace = new Workspace(rules, configsOf([{ dir: '/shop', config }]));
    for (const [file, text] of Object.entries(files)) workspace.setText(`/shop/src/${file}`, text);
    workspace.setComplete(true);
    return workspace.snapshot();
  };

  it('leads to what it calls before', () => {
    const { findings } = lint(announcing("this.sendEvent('parcel.packed', { orderId });"));
    expect(findings.map((it) => it.ruleId)).toContain('dual-write');
  });

  it('leads nowhere where it says nothing', () => {
    const { factsOf } = lint(announcing('return orderId;'));
    expect(factsOf('/shop/src/packing.ts')).toBeUndefined();
  });
});
