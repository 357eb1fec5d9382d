import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extension, ready, shop, until } from '../shop.mjs';

describe(`The extension in VS Code ${vscode.version}`, () => {
  it('is the installed package', () => {
    assert.ok(extension, 'sagalint.sagalint is not installed');
    assert.match(extension.extensionPath, /sagalint\.sagalint-\d/);
    assert.ok(!existsSync(join(extension.extensionPath, 'node_modules')), 'everything is bundled');
  });

  it('starts when a TypeScript file is opened', async function () {
    assert.equal(extension.isActive, false, 'nothing of TypeScript was shown before');
    const file = vscode.Uri.file(`${shop}/services/order/src/order.controller.ts`);
    await vscode.window.showTextDocument(file);
    await until('activation', () => extension.isActive);
    this.test.title += ` (${activation()})`;
  });

  it('says how much it has read', async () => {
    const api = await ready();
    assert.ok(api.status().files >= 20, JSON.stringify(api.status()));
    assert.equal(api.status().message, undefined);
  });

  it('registers each command of its manifest', async () => {
    const registered = await vscode.commands.getCommands(true);
    const declared = extension.packageJSON.contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      declared.filter((command) => !registered.includes(command)),
      [],
    );
  });
});

/** How long the code of the extension took to load, and its start, by the marks that VS Code sets. A figure to read, not a test. */
function activation() {
  const marks = globalThis.MonacoPerformanceMarks?.getMarks?.() ?? [];
  const at = (name) =>
    marks.findLast((it) => it.name === `code/extHost/${name}/sagalint.sagalint`)?.startTime ?? NaN;
  const took = (what) => Math.round(at(`did${what}`) - at(`will${what}`));
  return `code ${took('LoadExtensionCode')} ms, start ${took('ActivateExtension')} ms`;
}
