// A client that asks for the impossible: the server answers, lives on, and says what a fresh one says.
import { expect, it } from 'vitest';
import { randomOf } from '../bench/random.ts';
import { Client, folderOf, uriOf } from '../lsp/client.ts';

const placed = 'export interface OrderPlacedEvent {\n  orderId: string;\n}\n';

it('survives places, documents and versions that are none', { timeout: 120_000 }, async () => {
  const folder = folderOf({ 'src/events/placed.ts': placed, 'src/events/paid.ts': placed });
  const [file, other] = [`${folder}/src/events/placed.ts`, `${folder}/src/events/paid.ts`];
  const client = await Client.start([folder], { open: [file] });
  const ended = client.exit.then(() => expect.fail('The server died.'));
  const random = randomOf(7);
  const numbers = [0, 1, -1, 7, 1e9, 2 ** 31, -(2 ** 31), 0.5];
  const at = () => ({ line: random.pick(numbers), character: random.pick(numbers) });
  const uris = [file, other, `${folder}/none.ts`, '/', `${folder}/src`].map(uriOf);
  const uri = (): string =>
    random.pick([...uris, 'untitled:1', 'file:///%zz', 'git:/x', '', 'file://host/x.ts']);
  for (let count = 0; count < 200; count += 1) {
    const textDocument = { uri: uri(), version: random.pick(numbers) };
    const range = { start: at(), end: at() };
    const data = {
      kind: random.pick(['fix', 'disable', 'fix-all', 'x']),
      uri: uri(),
      ruleId: 'x',
      start: 9,
      message: '',
    };
    const requests = [
      [
        'textDocument/codeAction',
        { textDocument, range, context: { diagnostics: [{ range, message: '' }] } },
      ],
      ['textDocument/hover', { textDocument, position: at() }],
      ['codeAction/resolve', { title: 'x', data }],
      ['sagalint/facts', { uri: uri() }],
      ['sagalint/newSaga', { folder: uri(), name: '__proto__', steps: 'a:b', store: 'x', broker: 'y' }],
    ] as const;
    const [method, params] = random.pick(requests);
    await Promise.race([client.connection.sendRequest(method, params).catch(() => undefined), ended]);
    const contentChanges = [{ range, text: random.pick(['', '{', '🛒', 'class']) }];
    if (count % 3 === 0)
      await client.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges });
    if (count % 5 === 0)
      await client.connection.sendNotification('textDocument/didClose', {
        textDocument: { uri: uris[1 + (count % 4)] },
      });
  }
  await client.close(file);
  await client.after(() => client.open(file, placed));
  const flagged = ['missing-event-metadata'];
  await client.until(() => client.diagnosticsOf(file).length === 1, 'it lints again');
  expect(client.rulesIn(folder)).toEqual({ 'src/events/paid.ts': flagged, 'src/events/placed.ts': flagged });
});
