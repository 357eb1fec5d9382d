// Which files are read beyond those that have a trigger word.
import { expect, it } from 'vitest';
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
