import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ready, show, until } from '../shop.mjs';

describe('The pointer over a name', () => {
  before(ready);

  it('tells who produces and consumes an event, with links that open the place', async () => {
    const { document } = await show('packages/contracts/src/order-events.ts');
    const told = await toldAt(document, 'OrderPlaced', /\*\*event\*\* `OrderPlaced`/);
    assert.match(told, /lacks event id, timestamp, correlation id and version/);
    const [, address] = /Consumed by[^]*?\]\(([^)]*)\)/.exec(told) ?? [];
    const target = vscode.Uri.parse(address ?? '', true);
    const consumer = await vscode.workspace.openTextDocument(target.with({ fragment: '' }));
    const line = Number(target.fragment.slice(1)) - 1;
    assert.match(consumer.lineAt(line).text, /eachMessage|handleOrderPlaced/);
  });

  it('tells the steps of a saga as a table', async () => {
    const { document } = await show('services/order/src/place-order.saga.ts');
    const told = await toldAt(document, "'reserve-stock'", /\*\*saga\*\*/);
    assert.match(told, /\| → `reserve-stock` \| `inventory.reserve` \| nothing \|/);
  });

  it('may open the pages of rules, and can do nothing else', async () => {
    const { document } = await show('packages/contracts/src/order-events.ts');
    const { isTrusted, supportHtml } = await hoverAt(document, 'OrderPlaced', /\*\*event\*\*/);
    // Names in it are those of whoever wrote the code.
    assert.deepEqual(isTrusted, { enabledCommands: ['sagalint.explainRule'] });
    assert.notEqual(supportHtml, true);
  });
});

/** What the editor would show over a name; other extensions tell of it too. */
async function toldAt(document, name, wanted) {
  return (await hoverAt(document, name, wanted)).value;
}

function hoverAt(document, name, wanted) {
  const position = document.positionAt(document.getText().indexOf(name) + 1);
  return until(`what is told of ${name}`, async () => {
    const hovers = await vscode.commands.executeCommand(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    return hovers.flatMap(({ contents }) => contents).find((it) => wanted.test(it.value ?? ''));
  });
}
