import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import {
  extension,
  findings,
  rememberFindings,
  restore,
  show,
  syntaxErrors,
  until,
  write,
} from '../shop.mjs';

const file = 'services/order/src/fresh.ts';
const snippets = Object.entries(
  JSON.parse(readFileSync(join(extension.extensionPath, 'snippets/sagalint.code-snippets'), 'utf8')),
);

// What is no file of its own is expanded where it belongs.
const surroundings = { 'saga-step': ['export const steps = [\n', '\n];\n'] };

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
    it(`expand ${prefix} to its text, without errors of syntax and without findings`, async () => {
      const [before, after] = surroundings[prefix] ?? ['', ''];
      write(file, before + after);
      const editor = await show(file);
      const inside = editor.document.positionAt(before.length);
      editor.selection = new vscode.Selection(inside, inside);
      await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: 'typescript', name });
      await until('its text', () => editor.document.lineCount >= body.length);
      const text = editor.document.getText();
      // The very text of the source, which the unit tests compile, lint and run.
      assert.equal(text, before + sourceOf(prefix) + after);
      await until('the syntax tree', async () => (await syntaxErrors(editor.document.uri)).length === 0);
      // Long enough for the debounce: silence is what must be seen.
      await new Promise((done) => setTimeout(done, 1000));
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

/** The body of the file that the snippet is generated from. */
function sourceOf(prefix) {
  const folder = join(import.meta.dirname, '../../../../snippets');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const text = texts.find((it) => it.startsWith(`// snippet: ${prefix}\n`));
  const [, indent, body] = /^( *)\/\/ region body\n([^]*)\n *\/\/ endregion body$/m.exec(text);
  return body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
