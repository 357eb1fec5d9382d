// What is kept from link to link, where working it out goes wrong.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { saidOfFiles } from '../../server/src/model/about.ts';
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
  const rule: Rule = {
    id: 'asking',
    severity: 'info',
    summary: 'Asks',
    hasFix: false,
    options: z.strictObject({}),
    *check({ model }) {
      said.splice(0, said.length, ...saidOfFiles(model, 'asked', ({ file }) => asked(file)));
    },
  };
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
