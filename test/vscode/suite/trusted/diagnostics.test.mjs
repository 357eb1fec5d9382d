import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { finding, findings, ready, rememberFindings, until } from '../shop.mjs';
import { faults } from '../faults.mjs';

describe('Diagnostics', () => {
  before(rememberFindings);

  for (const fault of faults) {
    it(`show ${fault.rule} at ${fault.symbol} in a file that nobody opened`, async () => {
      const { diagnostic } = await finding(fault);
      assert.equal(diagnostic.severity, fault.severity);
      assert.ok(diagnostic.message.length > 20, diagnostic.message);
      assert.equal(diagnostic.range.start.line, diagnostic.range.end.line);
    });
  }

  it('are counted in the status', async () => {
    const api = await ready();
    await until('equal counts', () => api.status().findings === findings().length);
  });

  it('carry evidence in other files', async () => {
    const related = findings().flatMap(({ diagnostic }) => diagnostic.relatedInformation ?? []);
    assert.ok(related.length > 0);
    const first = await vscode.workspace.openTextDocument(related[0].location.uri);
    assert.ok(first.getText(related[0].location.range).length > 0);
  });

  it('link to the page of their rule, which opens as a preview', async () => {
    const { rule, diagnostic } = await finding(faults[0]);
    const { target } = diagnostic.code;
    assert.equal(target.scheme, 'command');
    assert.equal(target.path, 'sagalint.explainRule');
    await vscode.commands.executeCommand(target.path, ...JSON.parse(target.query));
    await until('the preview', () => isPreview(vscode.window.tabGroups.activeTabGroup.activeTab, rule));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  for (const id of ['../../README', 'dual-write.md', '__proto__']) {
    it(`open nothing by a link to ${id}`, async () => {
      const before = tabs();
      let isTold = false;
      // It waits for whoever reads the message.
      const told = vscode.commands.executeCommand('sagalint.explainRule', id).then(() => (isTold = true));
      await until('the message', async () => {
        await vscode.commands.executeCommand('notifications.clearAll');
        return isTold;
      });
      await told;
      assert.deepEqual(tabs(), before);
    });
  }
});

function tabs() {
  return vscode.window.tabGroups.all.flatMap((it) => it.tabs.map(({ label }) => label));
}

function isPreview(tab, rule) {
  const isWebview = tab?.input instanceof vscode.TabInputWebview;
  return isWebview && /markdown\.preview/.test(tab.input.viewType) && tab.label.includes(`${rule}.md`);
}
