import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

const sources = join(import.meta.dirname, '../../../../snippets');
const texts = new Map(readdirSync(sources).map((name) => [name, readFileSync(join(sources, name), 'utf8')]));

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
      const { before, body: wanted, after, needs } = sourceOf(prefix);
      for (const it of needs) copySource(it);
      write(file, before + after);
      const editor = await show(file);
      editor.options = { tabSize: 2, insertSpaces: true };
      const inside = editor.document.positionAt(before.length);
      editor.selection = new vscode.Selection(inside, inside);
      await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: 'typescript', name });
      await until('its text', () => editor.document.lineCount >= body.length);
      // The names in other spellings follow when a stop is left.
      const stops = new Set(body.join('\n').match(/(?<=\$\{)\d+(?=[:|])/g)).size;
      for (let stop = 0; stop < stops; stop += 1)
        await vscode.commands.executeCommand('jumpToNextSnippetPlaceholder');
      const text = editor.document.getText();
      // The very text of the source, which the unit tests compile, lint and run.
      assert.equal(text, before + wanted + after);
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

/** The file that the snippet is generated from, and what it imports: the snippets that it builds on. */
function sourceOf(prefix) {
  const text = texts.get(nameOf(prefix));
  const [, indent, body] = /^( *)\/\/ region body\n([^]*)\n *\/\/ endregion body$/m.exec(text);
  const [head, tail] = text.split(/^ *\/\/ (?:region body\n[^]*\n *\/\/ endregion body)$/m);
  const needs = [...head.matchAll(/(?<=from '\.\/).*\.ts(?=')/g)].map(([name]) => name);
  return {
    before: head.replace(/^(\/\/ .*\n)+/, ''),
    body: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    after: tail,
    needs: [...new Set(needs)],
  };
}

/** Puts a source beside the file, with what it imports itself. */
function copySource(name) {
  write(join(dirname(file), name), texts.get(name));
  for (const it of texts.get(name).matchAll(/(?<=from '\.\/).*\.ts(?=')/g)) copySource(it[0]);
}

function nameOf(prefix) {
  return [...texts.keys()].find((name) => texts.get(name).startsWith(`// snippet: ${prefix}\n`));
}
