import assert from 'node:assert/strict';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { faults } from '../faults.mjs';
import {
  finding,
  findings,
  noFinding,
  rememberFindings,
  restore,
  shop,
  show,
  until,
  write,
} from '../shop.mjs';

const metadata = ['eventId: string;', 'occurredAt: string;', 'correlationId: string;', 'version: 1;'];

const returns = `import { Kafka } from 'kafkajs';

export interface ParcelReturned {
  orderId: string;
}

const producer = new Kafka({ clientId: 'returns', brokers: ['localhost:9092'] }).producer();

export async function announceReturn(event: ParcelReturned): Promise<void> {
  await producer.send({ topic: 'parcel.returned', messages: [{ value: JSON.stringify(event) }] });
}
`;

describe('Editing', () => {
  before(rememberFindings);
  afterEach(restore);

  it('is linted before it is saved', async () => {
    const fault = faults[0];
    const editor = await show(fault.file);
    const { diagnostic } = await finding(fault);
    const below = new vscode.Position(diagnostic.range.start.line + 1, 0);
    await editor.edit((edit) => edit.insert(below, metadata.map((field) => `  ${field}\n`).join('')));
    await noFinding(fault);
    assert.ok(editor.document.isDirty);
  });

  it('of broken text keeps the findings of other files', async () => {
    const elsewhere = findings({ rule: 'missing-compensation' }).length;
    const editor = await show(faults[0].file);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'export interface {{{ `${\n'));
    await new Promise((done) => setTimeout(done, 1000));
    assert.equal(findings({ rule: 'missing-compensation' }).length, elsewhere);
  });
});

describe('Files on the disk', () => {
  before(rememberFindings);
  afterEach(restore);

  it('are linted when they appear, and forgotten when they go', async () => {
    const file = 'services/order/src/returns.ts';
    write(file, returns);
    await until(
      'a finding in the new file',
      () => findings({ file, rule: 'missing-event-metadata' }).length > 0,
    );
    rmSync(join(shop, file));
    await until('no finding in the deleted file', () => findings({ file }).length === 0);
  });

  it('are linted again when another program changes them', async () => {
    const fault = faults[0];
    const document = await vscode.workspace.openTextDocument(join(shop, fault.file));
    write(
      fault.file,
      document.getText().replace('interface OrderPlaced {', `$&\n  ${metadata.join('\n  ')}`),
    );
    await noFinding(fault);
  });

  it('are linted again when many change at once, as in a change of branch', async () => {
    const rule = 'missing-event-metadata';
    const files = [...new Set(findings({ rule }).map(({ file }) => file))];
    assert.ok(files.length > 2, 'few files would prove nothing');
    for (const file of files) write(file, 'export {};\n');
    write('services/order/src/returns.ts', returns);
    await until('the findings of the other branch', () => {
      const left = files.filter((file) => findings({ file }).length > 0);
      return left.length === 0 && findings({ rule, file: 'services/order/src/returns.ts' }).length > 0;
    });
  });

  it('keep their findings when their folder is renamed', async () => {
    const [old, fresh] = ['services/returns/src/returns.ts', 'services/parcels/src/returns.ts'];
    write(old, returns);
    await until('a finding', () => findings({ file: old }).length > 0);
    const count = findings({ file: old }).length;
    renameSync(join(shop, 'services/returns'), join(shop, 'services/parcels'));
    await until('findings at the new place', () => findings({ file: fresh }).length === count);
    await until('no finding at the old place', () => findings({ file: old }).length === 0);
    rmSync(join(shop, 'services/parcels'), { recursive: true });
    await until('no finding of the deleted folder', () => findings({ file: fresh }).length === 0);
    assert.ok(!existsSync(join(shop, 'services/parcels')));
  });
});
