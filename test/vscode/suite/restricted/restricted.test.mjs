import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { faults } from '../faults.mjs';
import { actionAt, apply, finding, noFinding, ready, show } from '../shop.mjs';

describe('In a workspace that the user does not trust', () => {
  before(() => assert.equal(vscode.workspace.isTrusted, false));

  it('the extension lints', async () => {
    await show(faults[0].file);
    await ready();
    for (const fault of faults) await finding(fault);
  });

  it('a quick fix mends', async () => {
    const fault = faults[0];
    await show(fault.file);
    await apply(await actionAt(await finding(fault), fault.fix));
    await noFinding(fault);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
