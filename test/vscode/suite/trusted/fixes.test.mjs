import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { faults } from '../faults.mjs';
import {
  actionAt,
  actionsAt,
  apply,
  finding,
  findings,
  noFinding,
  rememberFindings,
  restore,
  show,
  syntaxErrors,
  until,
  write,
} from '../shop.mjs';

const parcels = `import { Kafka } from 'kafkajs';

const producer = new Kafka({ clientId: 'parcels', brokers: ['localhost:9092'] }).producer();

export async function announcePacked(parcelId: string): Promise<void> {
  producer.send({ topic: 'parcel.packed', messages: [{ value: parcelId }] });
}

export async function announceSent(parcelId: string): Promise<void> {
  producer.send({ topic: 'parcel.sent', messages: [{ value: parcelId }] });
}
`;

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

describe('Safe fixes', () => {
  const rule = 'unawaited-publish';
  const file = 'services/order/src/parcels.ts';
  let document;
  before(rememberFindings);
  beforeEach(async () => {
    write(file, parcels);
    ({ document } = await show(file));
    await until('its findings', () => findings({ rule, file }).length === 2);
  });
  afterEach(restore);

  it('mend all findings of their rule in a file at once', async () => {
    const [first] = findings({ rule, file });
    await apply(await actionAt(first, /^Fix all unawaited-publish in this file$/));
    await until('silence', () => findings({ rule, file }).length === 0);
    assert.equal(document.getText(), parcels.replaceAll('  producer.send', '  await producer.send'));
  });

  it('are one action that may run on save', async () => {
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const kind = vscode.CodeActionKind.SourceFixAll.append('sagalint');
    const [fixAll] = await actionsAt({ uri: document.uri, diagnostic: { range: whole } }, kind);
    await apply(fixAll);
    await until('silence', () => findings({ rule, file }).length === 0);
    assert.equal(document.getText(), parcels.replaceAll('  producer.send', '  await producer.send'));
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
