// Files and folders that come, change and go beside the editor.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Client, folderOf, uriOf, write } from './client.ts';

const event = (name: string): string => `export interface ${name}Event {\n  orderId: string;\n}\n`;
const flagged = ['missing-event-metadata'];

it('takes in files that are created, changed and deleted', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const client = await Client.start([folder]);
  const added = `${folder}/src/events/shipped.ts`;
  write(added, event('OrderShipped'));
  await client.after(() => client.watched([added, 1]));
  expect(client.diagnosticsOf(added)[0]?.message).toContain('OrderShipped');
  write(added, event('OrderPacked'));
  await client.after(() => client.watched([added, 2]));
  expect(client.diagnosticsOf(added)[0]?.message).toContain('OrderPacked');
  rmSync(added);
  await client.after(() => client.watched([added, 3]));
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': flagged });
});

it('takes a file for changed that an editor replaced: deleted and created at once', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const client = await Client.start([folder]);
  const file = `${folder}/src/events/placed.ts`;
  write(file, event('OrderPacked'));
  await client.after(() => client.watched([file, 3], [file, 1]));
  expect(client.diagnosticsOf(file)[0]?.message).toContain('OrderPacked');
});

it('follows a rename in an editor that has the file open', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const [from, to] = [`${folder}/src/events/placed.ts`, `${folder}/src/events/orders.ts`];
  const client = await Client.start([folder], { open: [from] });
  renameSync(from, to);
  await client.after(async () => {
    await client.close(from);
    await client.open(to);
    await client.watched([from, 3], [to, 1]);
  });
  await client.until(() => client.diagnosticsOf(to).length > 0, 'the new name is linted');
  expect(client.rulesIn(folder)).toEqual({ 'src/events/orders.ts': flagged });
});

it('forgets a deleted file that an editor still shows', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder], { open: [file] });
  rmSync(file);
  await client.after(() => client.watched([file, 3]));
  expect(client.rulesIn(folder)).toEqual({});
});

it('follows folders that are told of as one change', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced'), 'src/main.ts': 'export {};' });
  const client = await Client.start([folder]);
  renameSync(`${folder}/src/events`, `${folder}/src/orderEvents`);
  await client.after(() => client.watched([`${folder}/src/events`, 3], [`${folder}/src/orderEvents`, 1]));
  expect(client.rulesIn(folder)).toEqual({ 'src/orderEvents/placed.ts': flagged });
  rmSync(`${folder}/src/orderEvents`, { recursive: true });
  await client.after(() => client.watched([`${folder}/src/orderEvents`, 3]));
  expect(client.rulesIn(folder)).toEqual({});
});

it('follows a branch switch: hundreds of changes at once, with unsaved text on top', async () => {
  const names = Array.from({ length: 200 }, (_, number) => `src/events/order${number}.ts`);
  const folder = folderOf(Object.fromEntries(names.map((it) => [it, event('OrderPlaced')])));
  const unsaved = `${folder}/${names[1]}`;
  const client = await Client.start([folder], { open: [unsaved] });
  await client.after(() => client.type(unsaved, event('OrderHeld')));
  const changes = names.map((name, number) => {
    const file = `${folder}/${name}`;
    if (number % 3 === 0) rmSync(file);
    else write(file, event('OrderPacked'));
    return [file, number % 3 === 0 ? 3 : 2] as const;
  });
  write(`${folder}/src/events/new.ts`, event('OrderShipped'));
  await client.after(() => client.watched(...changes, [`${folder}/src/events/new.ts`, 1]));
  expect(client.diagnosticsOf(unsaved)[0]?.message).toContain('OrderHeld');
  expect(client.diagnosticsOf(`${folder}/${names[2]}`)[0]?.message).toContain('OrderPacked');
  expect(Object.keys(client.rulesIn(folder))).toHaveLength(200 - 67 + 1);
});

it('follows .gitignore', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  mkdirSync(`${folder}/.git`);
  const client = await Client.start([folder]);
  write(`${folder}/.gitignore`, 'events/\n');
  await client.after(() => client.watched([`${folder}/.gitignore`, 1]));
  expect(client.rulesIn(folder)).toEqual({});
});

it('looks for files by itself where the editor does not watch', async () => {
  const folder = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const client = await Client.start([folder], { capabilities: {} });
  const added = `${folder}/src/events/shipped.ts`;
  await client.after(() => client.open(added, event('OrderShipped')));
  expect(client.diagnosticsOf(added)).toEqual([]);
  write(added, event('OrderShipped'));
  await client.after(() =>
    client.connection.sendNotification('textDocument/didSave', { textDocument: { uri: uriOf(added) } }),
  );
  expect(client.diagnosticsOf(added)).not.toEqual([]);
});

it('lints several folders, each with its own configuration', async () => {
  const first = folderOf({
    'src/events/placed.ts': event('OrderPlaced'),
    'sagalint.config.json': '{ "rules": { "missing-event-metadata": "off" } }',
  });
  const second = folderOf({ 'src/events/placed.ts': event('OrderPlaced') });
  const client = await Client.start([first, second]);
  expect(client.rulesIn(first)).toEqual({});
  expect(client.rulesIn(second)).toEqual({ 'src/events/placed.ts': flagged });
});

it('takes in folders that are opened, and forgets those that are closed', async () => {
  const [first, second] = [
    folderOf({ 'src/events/placed.ts': event('OrderPlaced') }),
    folderOf({ 'src/events/placed.ts': event('OrderPlaced') }),
  ];
  const client = await Client.start([first]);
  await client.after(() => client.changeFolders([second], []));
  expect(client.rulesIn(second)).toEqual({ 'src/events/placed.ts': flagged });
  await client.after(() => client.changeFolders([], [first]));
  expect(client.rulesIn(first)).toEqual({});
  expect(client.rulesIn(second)).toEqual({ 'src/events/placed.ts': flagged });
});

it('tells of a file once where one folder lies in another', async () => {
  const outer = folderOf({ 'shop/src/events/placed.ts': event('OrderPlaced') });
  const client = await Client.start([outer, `${outer}/shop`]);
  expect(client.rulesIn(outer)).toEqual({ 'shop/src/events/placed.ts': flagged });
});
