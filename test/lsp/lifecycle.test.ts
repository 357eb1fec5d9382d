// How the server starts, what it says of itself, what it survives, and how it ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';
import { able, Client, folderOf, programs, uriOf } from './client.ts';

const files = {
  'src/events/placed.ts': 'export interface OrderPlacedEvent {\n  orderId: string;\n}\n',
};

const started = [
  ['its sources', programs.sources],
  ['the built command', programs.built],
] as const;

describe.each(started)('the server from %s', (_, program) => {
  it('lints a folder over stdio and ends with status 0', async () => {
    const folder = folderOf(files);
    const client = await Client.start([folder], { program });
    expect(client.answer).toMatchObject({
      serverInfo: { name: 'sagalint' },
      capabilities: { positionEncoding: 'utf-16', codeActionProvider: { resolveProvider: true } },
    });
    expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': ['missing-event-metadata'] });
    await client.connection.sendRequest('shutdown');
    await client.connection.sendNotification('exit');
    expect(await client.exit).toBe(0);
  });
});

it('speaks over the channel by which the extension starts it', async () => {
  const server = fork(programs.extension, ['--node-ipc'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void server.kill());
  const connection = createMessageConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
  const published = new Promise<PublishDiagnosticsParams>((done) =>
    connection.onNotification('textDocument/publishDiagnostics', done),
  );
  connection.listen();
  const workspaceFolders = [{ uri: uriOf(folderOf(files)), name: 'shop' }];
  await connection.sendRequest('initialize', { processId: null, capabilities: {}, workspaceFolders });
  await connection.sendNotification('initialized', {});
  expect((await published).diagnostics).toMatchObject([{ code: 'missing-event-metadata' }]);
  connection.dispose();
});

it('ends with status 1 when the editor says exit without shutdown', async () => {
  const client = await Client.start([folderOf(files)]);
  await client.connection.sendNotification('exit');
  expect(await client.exit).toBe(1);
});

it('ends when the editor is gone', async () => {
  const client = await Client.start([folderOf(files)]);
  client.process.stdin?.end();
  expect(await client.exit).toBe(1);
});

it('lints nothing where no folder is open', async () => {
  const client = await Client.start([]);
  expect(client.statuses.at(-1)).toMatchObject({ state: 'ready', files: 0, findings: 0 });
});

it('lives in an editor that can do nothing', async () => {
  const folder = folderOf(files);
  const client = await Client.start([folder], { capabilities: {}, options: 'what' });
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': ['missing-event-metadata'] });
  expect(client.progress).toEqual([]);
  expect(client.registered).toEqual([]);
});

it('lives in an editor that refuses what it promised', async () => {
  const folder = folderOf(files);
  const client = new Client(programs.sources);
  client.connection.onRequest('client/registerCapability', () => Promise.reject(new Error('No.')));
  client.connection.onRequest('window/workDoneProgress/create', () => Promise.reject(new Error('No.')));
  await client.initialize([folder], { capabilities: able });
  await client.ready();
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': ['missing-event-metadata'] });
  client.process.kill();
  await client.exit;
});

it('asks to be told of changes on the disk, unless the editor does so by itself', async () => {
  const asked = await Client.start([folderOf(files)]);
  await asked.until(() => asked.registered.length > 0, 'the server has asked');
  expect(JSON.stringify(asked.registered)).toContain('workspace/didChangeWatchedFiles');
  const watching = await Client.start([folderOf(files)], { options: { watches: true } });
  expect(JSON.stringify(watching.registered)).not.toContain('didChangeWatchedFiles');
});

it('answers malformed requests, and goes on', async () => {
  const folder = folderOf(files);
  const client = await Client.start([folder]);
  const ended = client.exit.then(() => expect.fail('The server died.'));
  for (const [method, params] of malformedRequests) {
    const answer = client.connection.sendRequest(method, params);
    await Promise.race([answer.catch(() => undefined), ended]);
  }
  await client.after(() => client.open(`${folder}/src/events/placed.ts`, 'export {};\n'));
  expect(client.rulesIn(folder)).toEqual({});
});

const malformedRequests = [
  ['textDocument/codeAction', {}],
  ['textDocument/codeAction', { textDocument: { uri: 7 }, range: null, context: [] }],
  ['textDocument/codeAction', { textDocument: { uri: 'untitled:x' }, range: null, context: {} }],
  ['codeAction/resolve', { title: 'x', data: { kind: 'fix', uri: 'file:///%' } }],
  ['codeAction/resolve', { title: 'x', data: { kind: 'fix-all', uri: 'file:///nowhere.ts' } }],
  ['codeAction/resolve', { title: 'x', data: 7 }],
  ['sagalint/facts', {}],
  ['sagalint/facts', { uri: 'file:///nowhere.ts' }],
  ['textDocument/hovering', {}],
] as const;

it('survives malformed notifications', async () => {
  const folder = folderOf(files);
  const client = await Client.start([folder]);
  for (const [method, params] of malformedNotifications)
    await client.connection.sendNotification(method, params);
  await client.after(() => client.open(`${folder}/src/events/placed.ts`, 'export {};\n'));
  await client.until(
    () => client.diagnosticsOf(`${folder}/src/events/placed.ts`).length === 0,
    'it is linted',
  );
});

const malformedNotifications = [
  ['textDocument/didOpen', {}],
  ['textDocument/didChange', { textDocument: { uri: 'file:///nowhere.ts', version: 1 }, contentChanges: [] }],
  ['textDocument/didChange', { textDocument: null }],
  ['textDocument/didClose', { textDocument: { uri: 'file:///never-opened.ts' } }],
  ['workspace/didChangeWatchedFiles', { changes: [{ uri: 'not a uri', type: 9 }] }],
  ['workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///%zz', type: 1 }] }],
  ['workspace/didChangeWatchedFiles', {}],
  ['workspace/didChangeConfiguration', { settings: 7 }],
  ['workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: 'git:/x', name: '' }], removed: [] } }],
  ['$/nobodyKnows', {}],
] as const;

it('has nothing to say before initialize', async () => {
  const client = new Client(programs.sources);
  const textDocument = { uri: uriOf('/x.ts') };
  expect(await client.connection.sendRequest('textDocument/codeAction', { textDocument })).toEqual([]);
  client.process.kill();
  await client.exit;
});

it('speaks nothing but the protocol on standard output', async () => {
  const client = new Client(programs.sources);
  const faults: unknown[] = [];
  client.connection.onError((fault) => faults.push(fault));
  await client.initialize([folderOf(files)], {});
  await client.ready();
  client.process.kill();
  await once(client.process, 'exit');
  expect(faults).toEqual([]);
});
