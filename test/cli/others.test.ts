// The commands beside `check`.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { folderWith, sagalint } from './command.ts';

test('--version prints the version of the manifest', () => {
  expect(sagalint(['--version'])).toEqual({ status: 0, out: '0.1.0\n', err: '' });
});

test('--help names every command', () => {
  const { status, out } = sagalint(['--help']);
  expect(status).toBe(0);
  for (const name of ['check', 'explain', 'rules', 'facts', 'lsp']) expect(out).toContain(name);
});

describe('explain', () => {
  test.each(rules.map((it) => it.id))('prints the page of %s without our own marks', (id) => {
    const { status, out } = sagalint(['explain', id]);
    expect(status).toBe(0);
    expect(out).toContain(`# ${id}`);
    expect(out).not.toContain('<!--');
  });

  test('knows what somebody may have meant', () => {
    const { status, err } = sagalint(['explain', 'compensation']);
    expect(status).toBe(2);
    expect(err).toContain('missing-compensation');
  });

  test('has a page for every rule and a rule for every page', () => {
    const pages = readdirSync(join(import.meta.dirname, '../../docs/rules')).map((it) =>
      it.replace(/\.md$/, ''),
    );
    expect(pages.sort()).toEqual(rules.map((it) => it.id).sort());
  });
});

test.each([['rules'], ['explain', 'dual-write']])('%s ends well though nobody reads it', async (...args) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/sagalint.cjs'), ...args]);
  const errors: string[] = [];
  child.stderr.on('data', (it) => errors.push(String(it)));
  child.stdout.destroy();
  const status = await new Promise((done) => child.on('close', done));
  expect({ status, errors }).toEqual({ status: 0, errors: [] });
});

test('rules lists all', () => {
  const { status, out } = sagalint(['rules']);
  expect(status).toBe(0);
  for (const { id } of rules) expect(out).toContain(id);
});

test('facts prints what was understood of a file', () => {
  const folder = folderWith({ 'a.ts': 'export interface OrderPlacedEvent { orderId: string }\n' });
  const { status, out } = sagalint(['facts', join(folder, 'a.ts')]);
  expect({ status, out }).toEqual({ status: 0, out: 'interface OrderPlacedEvent { orderId: string }\n' });
});

test('facts gives each gap its place and reason, and check counts them', () => {
  const folder = folderWith({
    'package.json': '{}',
    'a.ts': 'export interface OrderPlacedEvent { orderId: string }\nexport const = 1;\n',
  });
  const { out } = sagalint(['facts', join(folder, 'a.ts')]);
  expect(out).toContain('gap at 2:14: The text has a syntax error here: what is around it may be missing.');
  expect(sagalint(['check', folder]).out).toContain('Not understood: 0 event names, 1 other place.');
});

test('facts knows the bus that the configuration describes', () => {
  const folder = folderWith({
    'sagalint.config.json':
      '{ "frameworks": [{ "name": "our-bus", "publish": [{ "call": "announcer.tell" }] }] }',
    'a.ts': "announcer.tell('order.placed');\n",
  });
  expect(sagalint(['facts', join(folder, 'a.ts')]).out).toContain("publish unknown event 'order.placed'");
});

test('facts knows a client that another file of the package makes', () => {
  const folder = folderWith({
    'package.json': '{ "name": "shop" }',
    'src/mails.ts':
      "import { PubSub } from '@google-cloud/pubsub';\nexport const mails = new PubSub().topic('mail.sent');\n",
    'src/tell.ts':
      "import { mails } from './mails';\nexport const tell = (id: string) => mails.publishMessage({ json: { id } });\n",
  });
  const { status, out } = sagalint(['facts', join(folder, 'src/tell.ts')]);
  expect(out).toContain("publish broker event 'mail.sent'");
  expect(status).toBe(0);
});

test('facts of a file that is not there', () => {
  expect(sagalint(['facts', 'none.ts']).status).toBe(2);
});
