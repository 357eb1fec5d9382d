import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const extension = vscode.extensions.getExtension('sagalint.sagalint');

describe('In a folder without TypeScript', () => {
  it('the extension stays inactive, whatever is opened', async () => {
    const [folder] = vscode.workspace.workspaceFolders;
    assert.ok(extension, 'sagalint.sagalint is not installed');
    // What starts with any window has started once the extension of the language has.
    for (const file of ['package.json', 'index.js'])
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder.uri.fsPath, file)));
    await vscode.extensions.getExtension('vscode.typescript-language-features').activate();
    await new Promise((done) => setTimeout(done, 3000));
    assert.equal(extension.isActive, false);
  });

  // Here nothing else starts meanwhile, so that the figures are of the extension alone. They are to be read; no test depends on them.
  it('the extension can be started, and waits for no server', async function () {
    const [began, used] = [performance.now(), process.cpuUsage()];
    const api = await extension.activate();
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    assert.equal(api.status(), undefined);
    this.test.title += ` (${took.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of processor time)`;
  });
});
