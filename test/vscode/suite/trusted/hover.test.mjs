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
});

/** What the editor would show over a name; other extensions tell of it too. */
function toldAt(document, name, wanted) {
  const position = document.positionAt(document.getText().indexOf(name) + 1);
  return until(`what is told of ${name}`, async () => {
    const hovers = await vscode.commands.executeCommand(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    const texts = hovers.flatMap(({ contents }) => contents.map((it) => it.value ?? it));
    return texts.find((it) => wanted.test(it));
  });
}
