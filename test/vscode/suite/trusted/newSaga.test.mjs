import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { findings, rememberFindings, restore, shop, until } from '../shop.mjs';

const folder = join(shop, 'services/order/src/sagas');
const files = ['order-saga-resume.ts', 'order-saga-store.ts', 'order-saga.test.ts', 'order-saga.ts'];

describe('New Saga…', () => {
  before(async () => {
    await rememberFindings();
    mkdirSync(folder, { recursive: true });
  });
  afterEach(restore);
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('asks, shows what it would write, and writes it when that is applied', async () => {
    const done = vscode.commands.executeCommand('sagalint.newSaga', vscode.Uri.file(folder));
    // Enter, at each of the four questions and longer: the defaults are taken, and the preview opens.
    for (let round = 0; round < 12; round += 1) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await pause(400);
    }
    assert.deepEqual(readdirSync(folder), [], 'nothing is written before the user says so');
    await until('the files', async () => {
      await vscode.commands.executeCommand('refactorPreview.apply');
      await pause(300);
      return files.every((it) => existsSync(join(folder, it)));
    });
    await done;
    assert.deepEqual(readdirSync(folder).sort(), files);
    assert.match(readFileSync(join(folder, 'order-saga.ts'), 'utf8'), /class OrderSagaOrchestrator \{/);
    await pause(1500);
    for (const it of files)
      assert.deepEqual(
        findings({ file: `services/order/src/sagas/${it}` }).map(({ diagnostic }) => diagnostic.message),
        [],
      );
  });
});

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
