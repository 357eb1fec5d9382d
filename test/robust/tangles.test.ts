// Functions of a file that all lead to each other are followed as long as that takes no more than a second's work.
import { describe, expect, it } from 'vitest';
import { extract } from '../../server/src/extract/extract.ts';
import { linted } from './lint.ts';

/** Handlers of one class, each of which calls `calls` of the others; the last one sends a mail. */
function handlers(count: number, calls: number): string {
  const methods = Array.from({ length: count }, (_, index) => {
    const called = Array.from(
      { length: calls },
      (_it, step) => `await this.on${(index + 1 + step) % count}(event);`,
    );
    const mail = index === count - 1 ? "await fetch('https://mail.example', { method: 'POST' });" : '';
    return `  @EventPattern('order.placed${index}')
  async on${index}(event: { id: string }): Promise<void> { ${called.join(' ')} ${mail} }`;
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

/** How many handlers a redelivery would harm. */
function harmed(text: string): number {
  const { failures, findingsOf } = linted({ [file]: text });
  expect(failures).toEqual([]);
  const found = findingsOf.get(`/shop/${file}`) ?? [];
  return new Set(found.filter((it) => it.ruleId === 'non-idempotent-consumer').map((it) => it.at.start)).size;
}

describe('handlers that call each other', () => {
  it.each([
    [20, 19],
    [50, 1],
    [50, 2],
  ])('are followed where %i call %i others: each sends the mail', (count, calls) => {
    const text = handlers(count, calls);
    expect(gapsOf(text)).toEqual([]);
    expect(harmed(text)).toBe(count);
  });

  it.each([
    [40, 39],
    [250, 30],
    [120, 60],
  ])('are said not to be followed where %i call %i others', { timeout: 60_000 }, (count, calls) => {
    const text = handlers(count, calls);
    expect(gapsOf(text)).toEqual([
      `${count} functions of this file lead to each other, by more calls than are followed.`,
    ]);
    expect(harmed(text)).toBe(1);
  });

  it('are not followed either where they are handed on, to be tried again', () => {
    const text = handlers(120, 60).replace(/await this\.(on\d+)\(event\);/g, 'await retry(this.$1, event);');
    expect(gapsOf(text)).toHaveLength(1);
    expect(harmed(text)).toBe(1);
  });

  it('are followed to what stands in another file under the same name', () => {
    const sent = handlers(40, 39)
      .replace('export class Handlers {', '$&\n  constructor(private readonly mails: Mails) {}')
      .replace('async on0(event: { id: string }): Promise<void> {', '$& await this.mails.on0(event);')
      .replace(/await fetch[^;]*;/, '');
    const mails = `export class Mails {
  async on0(event: { id: string }): Promise<void> { await fetch('https://mail.example', { method: 'POST' }); }
}
`;
    const files = { [file]: `import { Mails } from './mails';\n${sent}`, 'src/mails.ts': mails };
    const { failures, findings } = linted(files);
    expect(failures).toEqual([]);
    expect(findings.map((it) => it.ruleId)).toContain('non-idempotent-consumer');
  });
});

it('counts one call as one, however many functions have its name', () => {
  const variants = Array.from({ length: 6 }, (_, variant) => {
    const methods = Array.from(
      { length: 12 },
      (_it, at) =>
        `async step${at}(id: string) { await this.inner.step${(at + 1) % 12}(id); await this.inner.step${(at + 2) % 12}(id); }`,
    );
    return `export class Steps${variant} { constructor(private readonly inner: Steps) {}\n${methods.join('\n')}\n}`;
  });
  expect(
    gapsOf(`import { EventBus } from '@nestjs/cqrs';\nvoid EventBus;\n${variants.join('\n')}\n`),
  ).toEqual([]);
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
