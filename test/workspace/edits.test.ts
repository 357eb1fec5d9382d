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
