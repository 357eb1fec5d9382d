// What is kept between runs is believed only as far as it can be checked.
import { describe, expect, it } from 'vitest';
import { extract } from '../../server/src/extract/extract.ts';
import { decodeFacts, encodeFacts } from '../../server/src/facts/codec.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { FactsCache } from '../../server/src/workspace/factsCache.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const file = '/shop/src/events/placed.ts';
const text = 'export interface OrderPlacedEvent { orderId: string }\n';
const facts = extract(file, text);

describe('facts as text', () => {
  it('come back as they were', () => {
    expect(decodeFacts(encodeFacts(facts), file)).toEqual(facts);
  });

  it('are one thing afterwards where they were one before', () => {
    const callback = `db.$transaction(async (tx: PrismaClient) => { await tx.order.create({ data: { id } }); })`;
    const storing = `import { PrismaClient } from '@prisma/client';
      const db = new PrismaClient();
      export async function place(id: string) { await ${callback}; }`;
    const isSame = ({ functions }: typeof facts): boolean =>
      functions.some(({ body }) =>
        body.some((it) => {
          const role = it.kind === 'call' ? it.roles.find((one) => one.kind === 'transaction') : undefined;
          return it.kind === 'call' && role?.body !== undefined && role.body === it.call.args[0];
        }),
      );
    const fresh = extract(file, storing);
    const kept = decodeFacts(encodeFacts(fresh), file);
    expect([fresh, kept].map((it) => it && isSame(it))).toEqual([true, true]);
    expect(kept).toEqual(fresh);
  });

  it('are nothing where a number stands for nothing, for what holds it, or for too much', () => {
    const withImports = (json: string): string =>
      encodeFacts(facts).replace('"imports":[]', `"imports":${json}`);
    expect(decodeFacts(withImports('[[],{"@":2}]'), file)).toBeDefined();
    for (const it of ['[[],{"@":999999}]', '[{"@":1}]', '[[],{"@":-1}]', '[[],{"@":0.5}]'])
      expect(decodeFacts(withImports(it), file)).toBeUndefined();
    const doubled = Array.from({ length: 60 }, (_, index) => `[{"@":${index + 2}},{"@":${index + 2}}]`);
    expect(decodeFacts(withImports(`[[],${doubled.join()}]`), file)).toBeUndefined();
  });

  it('are nothing when the text is cut off anywhere', () => {
    const whole = encodeFacts(facts);
    for (let end = 0; end < whole.length; end += 1)
      expect(decodeFacts(whole.slice(0, end), file)).toBeUndefined();
  });

  it('are nothing for another file, without a list, with a place that is none, or with a prototype', () => {
    expect(decodeFacts(encodeFacts(facts), '/shop/src/other.ts')).toBeUndefined();
    const broken = [
      { ...facts, types: undefined },
      { ...facts, functions: {} },
      { ...facts, types: facts.types.map((it) => ({ ...it, at: { start: '0', end: 1 } })) },
    ];
    for (const it of broken) expect(decodeFacts(JSON.stringify(it), file)).toBeUndefined();
    const polluted = encodeFacts(facts).replace('"imports":[]', '"imports":[],"__proto__":{"isAdmin":true}');
    expect(polluted).toContain('__proto__');
    expect(decodeFacts(polluted, file)).toBeUndefined();
  });
});

describe('a cache of facts', () => {
  const kept = (): string => {
    const cache = new FactsCache(undefined, 'build-1');
    cache.keep(file, text, facts);
    return cache.toText();
  };

  it('gives the facts of the same text in the same file, made by the same build', () => {
    expect(new FactsCache(kept(), 'build-1').find(file, text)).toEqual(facts);
    expect(new FactsCache(kept(), 'build-1').find(file, `${text} `)).toBeUndefined();
    expect(new FactsCache(kept(), 'build-1').find('/shop/src/other.ts', text)).toBeUndefined();
    expect(new FactsCache(kept(), 'build-2').find(file, text)).toBeUndefined();
  });

  it('gives nothing of a text that was cut off or changed at any place', () => {
    const whole = kept();
    for (let at = 0; at < whole.length; at += 1) {
      expect(new FactsCache(whole.slice(0, at), 'build-1').find(file, text)).toBeUndefined();
      const changed = `${whole.slice(0, at)}~${whole.slice(at + 1)}`;
      expect(new FactsCache(changed, 'build-1').find(file, text)).toBeUndefined();
    }
  });

  it('forgets what no run asks for any more', () => {
    const cache = new FactsCache(kept(), 'build-1');
    expect(cache.toText()).toBe('build-1\n');
  });

  it('spares a workspace the extraction', () => {
    const cache = new FactsCache(kept(), 'build-1');
    const workspace = new Workspace(rules, configsOf([]), cache);
    workspace.setText(file, text);
    workspace.setComplete(true);
    const fresh = new Workspace(rules, configsOf([]));
    fresh.setText(file, text);
    fresh.setComplete(true);
    expect(workspace.snapshot().findings).toEqual(fresh.snapshot().findings);
    expect(fresh.snapshot().findings).not.toEqual([]);
    expect([workspace.counters.extractions, fresh.counters.extractions]).toEqual([0, 1]);
    expect(cache.isChanged).toBe(false);
  });
});
