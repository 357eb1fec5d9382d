// Functions of a file that all lead to each other are followed as long as that takes no more than a second's work.
import { describe, expect, it } from 'vitest';
import { extract } from '../../server/src/extract/extract.ts';
import { linted } from './lint.ts';

/** Handlers of one class, each of which calls `calls` of the others and sends a mail last. */
function handlers(count: number, calls: number): string {
  const methods = Array.from({ length: count }, (_, index) => {
    const called = Array.from(
      { length: calls },
      (_it, step) => `await this.on${(index + 1 + step) % count}(event);`,
    );
    return `  @EventPattern('order.placed${index}')
  async on${index}(event: { id: string }): Promise<void> { ${called.join(' ')} await fetch('https://mail.example', { method: 'POST' }); }`;
  });
  return `import { EventPattern } from '@nestjs/microservices';
export class Handlers {
${methods.join('\n')}
}
`;
}

const file = 'src/handlers.ts';

function gapsOf(text: string): readonly string[] {
  return extract(`/shop/${file}`, text).gaps.map((it) => it.reason);
}

/** Handlers that a redelivery would harm, by the place of the finding. */
function harmed(text: string): readonly number[] {
  const { failures, findingsOf } = linted({ [file]: text });
  expect(failures).toEqual([]);
  const found = findingsOf.get(`/shop/${file}`) ?? [];
  return found.filter((it) => it.ruleId === 'non-idempotent-consumer').map((it) => it.at.start);
}

describe('handlers that call each other', () => {
  it('are followed where they are as many as anybody would write', () => {
    expect(gapsOf(handlers(20, 19))).toEqual([]);
    expect(harmed(handlers(20, 19))).toHaveLength(20);
  });

  it('are followed in one long ring', () => {
    expect(gapsOf(handlers(140, 1))).toEqual([]);
  });

  it.each([
    [40, 39],
    [250, 30],
    [120, 60],
  ])(
    'are %i with %i calls each: said, and what each does itself is still found',
    { timeout: 60_000 },
    (count, calls) => {
      const text = handlers(count, calls);
      expect(gapsOf(text)).toEqual([
        `${count} functions of this file lead to each other, by more calls than are followed.`,
      ]);
      expect(harmed(text)).toHaveLength(count);
    },
  );
});

it('follows functions that lead on and never back, however many they are', () => {
  const steps = Array.from(
    { length: 400 },
    (_, index) =>
      `async function step${index}(id: string) { await step${index + 1}(id); await step${index + 2}(id); }`,
  );
  const text = `import type { Consumer } from 'kafkajs';
export const run = (consumer: Consumer) => consumer.run({ eachMessage: async ({ message }) => step0(String(message.key)) });
${steps.join('\n')}
`;
  expect(gapsOf(text)).toEqual([]);
  expect(linted({ [file]: text }).failures).toEqual([]);
});

it('counts calls of names by which many functions go as calls of none', () => {
  const chain = Array.from(
    { length: 200 },
    (_, index) => `export class Filter${index} { constructor(private readonly next: Filter) {}
  async handle(event: Event): Promise<void> { await this.next.handle(event); } }`,
  );
  const text = `import { EventBus } from '@nestjs/cqrs';\nvoid EventBus;\n${chain.join('\n')}\n`;
  expect(gapsOf(text)).toEqual([]);
});

it('looks at a hundred attempts in one saga', { timeout: 60_000 }, () => {
  const attempts = Array.from(
    { length: 100 },
    () => `  try { await reserveStock(id); await sendConfirmationEmail(id); await chargeCard(id); }
  catch (error) { await releaseStock(id); throw error; }`,
  );
  const text = `import { proxyActivities } from '@temporalio/workflow';
interface Activities { reserveStock(id: string): Promise<void>; releaseStock(id: string): Promise<void>; sendConfirmationEmail(id: string): Promise<void>; chargeCard(id: string): Promise<void> }
const { reserveStock, releaseStock, sendConfirmationEmail, chargeCard } = proxyActivities<Activities>({ startToCloseTimeout: '10 seconds' });
export async function orderWorkflow(id: string): Promise<void> {
${attempts.join('\n')}
}
`;
  const { failures, findingsOf } = linted({ 'src/order.workflow.ts': text });
  expect(failures).toEqual([]);
  expect(findingsOf.get('/shop/src/order.workflow.ts')?.map((it) => it.ruleId)).toContain(
    'early-irreversible-step',
  );
});
