import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import {
  extension,
  findings,
  ready,
  rememberFindings,
  restore,
  shop,
  show,
  summary,
  until,
  write,
} from '../shop.mjs';

const file = 'sagalint.config.json';

describe('The configuration file', () => {
  before(rememberFindings);
  afterEach(restore);

  it('switches a rule off, and on again when it goes', async () => {
    write(file, JSON.stringify({ rules: { 'missing-compensation': 'off' } }));
    await until('silence', () => findings({ rule: 'missing-compensation' }).length === 0);
    assert.ok(findings({ rule: 'missing-event-metadata' }).length > 0);
    rmSync(join(shop, file));
    await until('findings', () => findings({ rule: 'missing-compensation' }).length > 0);
  });

  it('sets a severity', async () => {
    write(file, JSON.stringify({ rules: { 'missing-event-metadata': 'error' } }));
    const isError = ({ diagnostic }) => diagnostic.severity === vscode.DiagnosticSeverity.Error;
    await until('errors', () => findings({ rule: 'missing-event-metadata' }).some(isError));
  });

  it('is validated by its schema', async () => {
    write(file, JSON.stringify({ rules: { 'missing-compensation': 'sometimes' }, noSuchSetting: true }));
    const { document } = await show(file);
    const errors = await until('the errors', () => {
      const all = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source !== 'sagalint');
      return all.length >= 2 && all;
    });
    const places = errors.map(({ range }) => document.getText(range));
    assert.ok(places.includes('"sometimes"'), places.join());
    assert.ok(places.includes('"noSuchSetting"'), places.join());
  });

  it('completes the ids of rules', async () => {
    write(file, '{ "rules": { "" } }');
    const { document } = await show(file);
    const inside = document.positionAt(document.getText().indexOf('""') + 1);
    await until('the rules', async () => {
      const ask = ['vscode.executeCompletionItemProvider', document.uri, inside];
      const { items } = await vscode.commands.executeCommand(...ask);
      return items.some(({ label }) => `${label.label ?? label}`.includes('missing-compensation'));
    });
  });
});

describe('The extension', () => {
  const settings = () => vscode.workspace.getConfiguration('sagalint');
  before(rememberFindings);
  afterEach(() => settings().update('enable', undefined, vscode.ConfigurationTarget.Workspace));

  it('goes and comes with the setting sagalint.enable', async () => {
    const before = summary();
    await settings().update('enable', false, vscode.ConfigurationTarget.Workspace);
    await until('silence', () => findings().length === 0);
    assert.equal(extension.exports.status(), undefined);
    await settings().update('enable', true, vscode.ConfigurationTarget.Workspace);
    await until('all findings', () => summary().join() === before.join());
  });

  it('restarts its server on command', async () => {
    const before = summary();
    await vscode.commands.executeCommand('sagalint.restart');
    await ready();
    await until('all findings', () => summary().join() === before.join());
  });

  it('shows the facts of a file', async () => {
    await show('packages/contracts/src/order-events.ts');
    await vscode.commands.executeCommand('sagalint.showFacts');
    const isFacts = ({ document }) => document.uri.scheme === 'sagalint-facts';
    const editor = await until('the facts', () => vscode.window.visibleTextEditors.find(isFacts));
    assert.match(editor.document.getText(), /OrderPlaced/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('A second workspace folder', () => {
  const second = vscode.Uri.file(join(shop, '../second-folder'));
  const inSecond = () =>
    findings({ rule: 'missing-event-metadata' }).filter(({ uri }) => isBelow(uri, second));
  before(rememberFindings);

  it('is linted while it is there', async () => {
    const before = summary();
    vscode.workspace.updateWorkspaceFolders(1, 0, { uri: second });
    await until('its findings', () => inSecond().length > 0);
    vscode.workspace.updateWorkspaceFolders(1, 1);
    await until('the findings of before', () => summary().join() === before.join());
  });
});

function isBelow(uri, folder) {
  return uri.path.startsWith(`${folder.path}/`);
}
