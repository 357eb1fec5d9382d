// What is kept from link to link, where working it out goes wrong.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { saidOfEvents, saidOfFiles } from '../../server/src/model/incremental/about.ts';
import type { EventModel } from '../../server/src/model/model.ts';
import type { Rule } from '../../server/src/rules/rule.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

it('asks again of a file of which an answer was stopped by a defect', () => {
  let isDefect = true;
  const asked = (file: string): readonly string[] => {
    if (isDefect && file.endsWith('b.ts')) throw new Error('A defect.');
    return [file];
  };
  const said: string[] = [];
  const rule = asking((model) => {
    said.splice(0, said.length, ...saidOfFiles(model, 'asked', ({ file }) => asked(file)));
  });
  const workspace = new Workspace([rule], configsOf([], { preset: 'strict' }));
  workspace.isEdited = true;
  for (const name of ['a', 'b', 'c'])
    workspace.setText(`/shop/${name}.ts`, 'export interface OrderPlacedEvent { orderId: string }');
  expect(workspace.snapshot().failures).toHaveLength(1);
  isDefect = false;
  workspace.setText('/shop/a.ts', 'export interface OrderShippedEvent { orderId: string }');
  expect(workspace.snapshot().failures).toEqual([]);
  expect(said).toEqual(['/shop/a.ts', '/shop/b.ts', '/shop/c.ts']);
});

it('asks anew of events that changed only, lets go of those that are gone, and keeps their order', () => {
  const asked: string[] = [];
  const said: string[] = [];
  const rule = asking((model) => {
    const found = saidOfEvents(model, 'asked', ({ key, declarations }) => {
      asked.push(key);
      return declarations.map(({ fact }) => fact.members.map((it) => it.name).join(' '));
    });
    said.splice(0, said.length, ...found.map((it) => `${it.of.key}: ${it.said}`));
  });
  const workspace = new Workspace([rule], configsOf([], { preset: 'strict' }));
  workspace.isEdited = true;
  const declare = (file: string, name: string, field: string): readonly string[] => {
    asked.length = 0;
    workspace.setText(`/shop/${file}.ts`, `export interface ${name}Event { ${field}: string }`);
    expect(workspace.snapshot().failures).toEqual([]);
    return said;
  };
  declare('a', 'OrderPlaced', 'orderId');
  declare('b', 'OrderPaid', 'orderId');
  declare('c', 'OrderShipped', 'orderId');
  expect(declare('b', 'OrderPaid', 'amount')).toEqual([
    'order placed: orderId',
    'order paid: amount',
    'order shipped: orderId',
  ]);
  expect(asked).toEqual(['order paid']);
  expect(declare('b', 'OrderLost', 'amount')).toEqual([
    'order placed: orderId',
    'order lost: amount',
    'order shipped: orderId',
  ]);
  expect(asked).toEqual(['order lost']);
});

function asking(ask: (model: EventModel) => void): Rule {
  return {
    id: 'asking',
    severity: 'info',
    summary: 'Asks',
    hasFix: false,
    options: z.strictObject({}),
    *check({ model }) {
      ask(model);
    },
  };
}
