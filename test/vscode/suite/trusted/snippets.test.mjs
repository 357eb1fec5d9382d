import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extension, findings, rememberFindings, restore, show, until, write } from '../shop.mjs';

const file = 'services/order/src/fresh.ts';
const snippets = Object.entries(
  JSON.parse(readFileSync(join(extension.extensionPath, 'snippets/sagalint.code-snippets'), 'utf8')),
);

describe('Snippets', () => {
  before(rememberFindings);
  afterEach(restore);

  it('are offered by their prefix', async () => {
    write(file, '');
    const { document } = await show(file);
    const ask = ['vscode.executeCompletionItemProvider', document.uri, new vscode.Position(0, 0)];
    await until('all prefixes', async () => {
      const { items } = await vscode.commands.executeCommand(...ask);
      const offered = items.map(({ label }) => label.label ?? label);
      return snippets.every(([, { prefix }]) => offered.includes(prefix));
    });
  });

  for (const [name, { prefix, body }] of snippets) {
    it(`expand ${prefix} to code without findings`, async () => {
      write(file, '');
      const { document } = await show(file);
      await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: 'typescript', name });
      await until('its text', () => document.lineCount >= body.length);
      assert.doesNotMatch(document.getText(), /\$\{?\d|\\\}/);
      assert.match(document.getText(), /^export /m);
      // Long enough for the debounce: silence is what must be seen.
      await new Promise((done) => setTimeout(done, 1500));
      assert.deepEqual(
        findings({ file }).map(({ diagnostic }) => diagnostic.message),
        [],
      );
    });
  }

  it('carry a retyped name to every place', async () => {
    write(file, '');
    const { document } = await show(file);
    const [name] = snippets.find(([, { prefix }]) => prefix === 'saga');
    await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: 'typescript', name });
    await until('its text', () => /interface OrderSagaInput/.test(document.getText()));
    await vscode.commands.executeCommand('type', { text: 'Booking' });
    await vscode.commands.executeCommand('jumpToNextSnippetPlaceholder');
    await until('the new name', () => /interface BookingSagaInput/.test(document.getText()));
    assert.match(document.getText(), /function bookingSagaSteps\(/);
    assert.doesNotMatch(document.getText(), /OrderSaga/);
  });
});
