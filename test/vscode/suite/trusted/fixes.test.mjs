import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { faults } from '../faults.mjs';
import {
  actionAt,
  apply,
  finding,
  findings,
  noFinding,
  rememberFindings,
  restore,
  show,
  until,
} from '../shop.mjs';

describe('Quick fixes', () => {
  before(rememberFindings);
  afterEach(restore);
  after(restore);

  for (const fault of faults) {
    it(`mend ${fault.rule} at ${fault.symbol}`, async () => {
      const { document } = await show(fault.file);
      const before = document.getText();
      const all = findings({ rule: fault.rule }).length;
      const at = await finding(fault);
      const fix = await actionAt(at, new RegExp(`^(?!.*\\b(disable|explain)\\b).*${fault.fix.source}`, 'i'));
      assert.ok(fix.edit?.size > 0, 'the fix has no edit');
      await apply(fix);
      await noFinding(fault);
      assert.notEqual(document.getText(), before);
      assert.equal(findings({ rule: fault.rule }).length, all - 1);
      await until('the syntax tree', async () => (await syntaxErrors(document.uri)).length === 0);
    });
  }

  it('can all be taken back by undo', async () => {
    const { document } = await show(faults[0].file);
    const before = document.getText();
    await apply(await actionAt(await finding(faults[0]), faults[0].fix));
    await noFinding(faults[0]);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    await finding(faults[0]);
  });
});

describe('Suppressing', () => {
  afterEach(restore);

  it('on the line writes a comment, and the finding goes', async () => {
    const fault = faults[0];
    const { document } = await show(fault.file);
    await apply(await actionAt(await finding(fault), /disable .*line/i));
    await noFinding(fault);
    assert.match(document.getText(), /\/\/ sagalint-disable-(next-)?line missing-event-metadata/);
  });

  it('in the file silences the rule there, and only there', async () => {
    const fault = faults[0];
    const { document } = await show(fault.file);
    const elsewhere = findings({ rule: fault.rule }).filter(({ file }) => file !== fault.file).length;
    await apply(await actionAt(await finding(fault), /disable .*file/i));
    await until('silence', () => findings({ rule: fault.rule, file: fault.file }).length === 0);
    assert.match(document.getText(), /sagalint-disable-file missing-event-metadata/);
    assert.equal(findings({ rule: fault.rule }).length, elsewhere);
  });
});

describe('Explaining', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is offered at a finding and opens the page of its rule', async () => {
    const fault = faults[3];
    await show(fault.file);
    await apply(await actionAt(await finding(fault), /explain/i));
    await until('the preview', () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes(`${fault.rule}.md`),
    );
  });
});

/** TypeScript's errors of syntax have codes from 1000 to 1999. */
async function syntaxErrors(uri) {
  const errors = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ts');
  return errors.filter(({ code }) => code >= 1000 && code < 2000);
}
