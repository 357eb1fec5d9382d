// Turning statements round never puts the use of a name before its declaration.
import { expect, it } from 'vitest';
import { reverseStatements } from '../../server/src/fixes/reverseStatements.ts';

const file = '/shop/src/saga.ts';

it('turns round statements that declare nothing', () => {
  const text = 'async function undo() { await stock.release(); await cards.refund(); }';
  const [change] = editsIn(text);
  expect(change?.edits.map((it) => it.text)).toEqual(['await cards.refund();', 'await stock.release();']);
});

it.each([
  'async function undo() { const receipt = await stock.release(); await cards.refund(receipt); }',
  'async function undo() { await stock.release(); const card = cardOf(order); await cards.refund(card); }',
])('leaves %s as it is', (text) => {
  expect(editsIn(text)).toEqual([]);
});

function editsIn(text: string) {
  const calls = ['stock.release', 'cards.refund'].map((it) => {
    const start = text.indexOf(it);
    return { start, end: start + it.length };
  });
  return reverseStatements({ kind: 'reverse-statements', file, calls }, () => text);
}
