// After any edits a look gives what a fresh start gives: see edits.ts.
import { assert } from 'fast-check';
import { expect, it } from 'vitest';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { editsEndAsAfresh } from './edits.ts';

it('gives the findings and the model of a fresh start after any edits of fixtures', () => {
  const seen = new Set<string>();
  assert(editsEndAsAfresh(seen), { numRuns: Number(process.env.EDIT_RUNS ?? 120) });
  // A test that saw few kinds of findings would prove little.
  expect(seen.size).toBeGreaterThan(15);
});

it('shows what a service says of its acknowledgements where it says it now', () => {
  const main = `import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
export const start = () => NestFactory.createMicroservice(class Shop {}, { transport: Transport.RMQ, options: { queue: 'shop' } });
`;
  const stock = `import { EventPattern } from '@nestjs/microservices';
import axios from 'axios';
export class Stock {
  @EventPattern('order.placed')
  async place(event: { readonly orderId: string }) { await axios.post('https://stock.example', event); }
}
`;
  const workspace = new Workspace(rules, configsOf([], { preset: 'strict' }));
  workspace.isEdited = true;
  const placeIn = (text: string): number | undefined => {
    workspace.setText('/shop/main.ts', text);
    workspace.setText('/shop/stock.ts', stock);
    return workspace.snapshot().findings.find((it) => it.ruleId === 'early-ack')?.at.start;
  };
  const before = placeIn(main);
  expect(before).toBeDefined();
  expect(placeIn(`// Moved.\n${main}`)).toBe((before ?? 0) + '// Moved.\n'.length);
});

it('offers a fix where a literal has become what is published', () => {
  const broker = `import type { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
interface Packed { readonly event_name: string; readonly payload: object }
export class Broker {
  constructor(private readonly amqp: AmqpConnection) {}
  async send(target: { exchange: string; routingKey: string }, message: Packed): Promise<void> {
    await this.amqp.publish(target.exchange, target.routingKey, message);
  }
  pack(name: string, payload: object): Packed { return { event_name: name, payload }; }
}
`;
  const nightly = `import type { Broker } from './broker';
export class Nightly {
  constructor(private readonly broker: Broker) {}
  async run(shopId: string): Promise<void> {
    const order = this.broker.pack('order.shipped', { shopId });
    await this.broker.send({ exchange: 'jobs', routingKey: 'stock.taken' }, order);
  }
}
`;
  const placed = 'export interface OrderPlacedEvent { orderId: string }\n';
  const texts = { 'broker.ts': broker, 'nightly.ts': nightly, 'events/placed.ts': placed };
  const filledWith = (all: Readonly<Record<string, string>>): Workspace => {
    const workspace = new Workspace(rules, configsOf([], { preset: 'strict' }));
    workspace.isEdited = true;
    for (const [name, text] of Object.entries(all)) workspace.setText(`/shop/src/${name}`, text);
    workspace.setComplete(true);
    return workspace;
  };
  const fixesIn = (workspace: Workspace): readonly number[] =>
    workspace.snapshot().findings.flatMap((it) => (it.file.endsWith('nightly.ts') ? [it.fixes.length] : []));
  const workspace = filledWith(texts);
  expect(fixesIn(workspace)).toEqual([0]);
  const gone =
    "import type { Channel } from 'amqplib';\nexport class Broker { constructor(readonly channel: Channel) {} }\n";
  workspace.setText('/shop/src/broker.ts', gone);
  expect(fixesIn(workspace)).toEqual([1]);
  expect(fixesIn(filledWith({ ...texts, 'broker.ts': gone }))).toEqual([1]);
});
