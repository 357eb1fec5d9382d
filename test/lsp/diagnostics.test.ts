// What the editor shows of a workspace, and how that follows unsaved text.
import { expect, it } from 'vitest';
import { DiagnosticSeverity } from 'vscode-languageserver-protocol/node';
import { Client, copyOf, folderOf, programs, uriOf, write } from './client.ts';

/** An event as an assistant writes it, and what it lacks. */
const happy = 'export interface OrderPlacedEvent {\n  orderId: string;\n}\n';
const sound = `export interface OrderPlacedEvent {
  eventId: string;
  occurredAt: string;
  correlationId: string;
  version: number;
  orderId: string;
}
`;
const flagged = ['missing-event-metadata'];

it('lints the whole example, open or not, with the four rules', async () => {
  const folder = copyOf('examples/happy-path-shop');
  const client = await Client.start([folder]);
  const rules = new Set(Object.values(client.rulesIn(folder)).flat());
  expect([...rules]).toEqual(
    expect.arrayContaining([
      'missing-event-metadata',
      'missing-failure-event',
      'non-idempotent-consumer',
      'missing-compensation',
    ]),
  );
  const { findings, files } = client.statuses.at(-1) ?? {};
  expect(findings).toBe(Object.values(client.rulesIn(folder)).flat().length);
  expect(files).toBeGreaterThan(20);
});

it('finds nothing in the resilient example', async () => {
  const folder = copyOf('examples/resilient-shop');
  const client = await Client.start([folder]);
  expect(client.rulesIn(folder)).toEqual({});
});

it('shows the rule as code with its page, what and what to do, and evidence in other files', async () => {
  const folder = copyOf('examples/happy-path-shop');
  const client = await Client.start([folder], { options: { rulePages: 'vscode://sagalint/rules/' } });
  const all = client.published.flatMap((it) => it.diagnostics);
  for (const it of all) {
    expect(it.source).toBe('sagalint');
    expect(it.codeDescription?.href).toBe(`vscode://sagalint/rules/${it.code}`);
    expect(it.message).toMatch(/^.+\.\n.+/s);
    expect(it.range.start.line).toBe(it.range.end.line);
    expect(it.range.end.character).toBeGreaterThan(it.range.start.character);
  }
  const related = all.flatMap((it) => it.relatedInformation ?? []);
  expect(related.length).toBeGreaterThan(0);
  expect(related.every((it) => it.location.uri.startsWith(uriOf(folder)))).toBe(true);
});

it('moves the evidence in another file when lines come above it', async () => {
  const folder = copyOf('examples/happy-path-shop');
  const client = await Client.start([folder]);
  const evidence = () =>
    client.shownIn(folder).flatMap(([from, all]) =>
      all.flatMap(({ message, relatedInformation = [] }) =>
        relatedInformation.map(({ location: { uri, range } }) => ({
          to: uri.slice(uriOf(folder).length + 1),
          line: range.start.line,
          from,
          message,
        })),
      ),
    );
  const first = evidence();
  const other = first.find((it) => it.to !== it.from)?.to ?? '';
  const file = `${folder}/${other}`;
  await client.after(() => client.open(file));
  await client.after(() =>
    client.type(file, '\n\n', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }),
  );
  const moved = first.map((it) => (it.to === other ? { ...it, line: it.line + 2 } : it));
  expect(evidence()).toEqual(moved);
});

it('links to the page on the disk where the editor has no pages of its own', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const client = await Client.start([folder]);
  const [diagnostic] = client.diagnosticsOf(`${folder}/src/events/placed.ts`);
  expect(diagnostic?.codeDescription?.href).toMatch(/^file:.*\/docs\/rules\/missing-event-metadata\.md$/);
});

/** Enough files that reading them takes a good while on a fast machine too. */
const large = 4000;
const last = large - 1;

function largeFolder(): string {
  const files = Array.from({ length: large }, (_, number) => [`src/events/order${number}.ts`, happy]);
  return folderOf(Object.fromEntries(files));
}

it('shows progress while it reads a large workspace, and the open file before the rest', async () => {
  const folder = largeFolder();
  const open = `${folder}/src/events/order${last}.ts`;
  const client = await Client.start([folder], { open: [open] });
  const values = client.progress.map((it) => JSON.stringify(it));
  expect(values.at(0)).toContain('"begin"');
  expect(values.some((it) => /"report".*of 4000 files/.test(it))).toBe(true);
  await client.until(() => JSON.stringify(client.progress.at(-1)).includes('"end"'), 'the progress ends');
  expect(client.published[0]?.uri).toBe(uriOf(open));
  expect(client.statuses.at(-1)?.findings).toBe(large);
});

it('shows a file that is opened while a large workspace is read before the rest of it', async () => {
  const folder = largeFolder();
  const client = new Client(programs.sources);
  await client.initialize([folder], {});
  await client.until(() => client.statuses.at(-1)?.state === 'indexing', 'it reads');
  await client.open(`${folder}/src/events/order${last}.ts`);
  await client.until(() => client.published.length > 0, 'the open file is shown');
  expect(client.statuses.at(-1)?.state).toBe('indexing');
  expect(client.published.map((it) => it.uri)).toEqual([uriOf(`${folder}/src/events/order${last}.ts`)]);
  await client.ready();
  expect(client.statuses.at(-1)?.findings).toBe(large);
  client.process.kill();
  await client.exit;
});

it('answers while it reads a large workspace', async () => {
  const folder = largeFolder();
  const client = new Client(programs.sources);
  await client.initialize([folder], {});
  await client.until(() => client.statuses.at(-1)?.state === 'indexing', 'it reads');
  const at = { line: 0, character: 0 };
  const asked = { range: { start: at, end: at }, message: '' };
  await client.actionsFor(`${folder}/src/events/order0.ts`, asked);
  expect(client.statuses.at(-1)?.state).toBe('indexing');
  await client.ready();
  expect(client.statuses.at(-1)?.findings).toBe(large);
  client.process.kill();
  await client.exit;
});

it('follows unsaved text, and goes back to the saved one when the document is closed', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder]);
  await client.after(() => client.open(file));
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': flagged });
  await client.after(() => client.type(file, sound));
  expect(client.rulesIn(folder)).toEqual({});
  await client.after(() => client.close(file));
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': flagged });
});

it('takes in ranges of a text with characters that are two code units, and either line end', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder]);
  await client.after(() => client.open(file, `/* 🛒🛒 */ ${happy.replaceAll('\n', '\r\n')}`));
  const [before] = client.diagnosticsOf(file);
  expect(before?.range.start).toEqual({ line: 0, character: '/* 🛒🛒 */ export interface '.length });
  const range = { start: { line: 0, character: 3 }, end: { line: 0, character: 7 } };
  await client.after(() => client.type(file, '\r\n', range));
  const [after] = client.diagnosticsOf(file);
  expect(after?.range.start).toEqual({ line: 1, character: ' */ export interface '.length });
});

it('tells the version that a diagnostic speaks of, and nothing twice', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder], { open: [`${folder}/src/events/placed.ts`] });
  const count = client.published.length;
  await client.after(() => client.type(file, `${happy}\n`));
  expect(client.published.length).toBe(count);
  await client.after(() => client.type(file, `\n${happy}`));
  expect(client.published.at(-1)).toMatchObject({ version: 3, diagnostics: [{ code: flagged[0] }] });
});

it('lints half-typed, broken and huge text without a word', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder], { open: [file] });
  const texts = [
    'export interface OrderPlacedEvent {',
    '<<<<<<< HEAD\nexport interface A {\n=======\nclass {{{{\n>>>>>>> theirs',
    '\u0000\uFFFF`${',
    `export const events = [${'"OrderPlaced", '.repeat(20_000)}];`,
  ];
  for (const text of texts) await client.after(() => client.type(file, text));
  await client.after(() => client.type(file, happy));
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': flagged });
  expect(client.logs).toEqual([]);
});

it('shows the faults of configuration files there, and follows what they say', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy, 'sagalint.config.json': '{ "rulez": {} }' });
  const config = `${folder}/sagalint.config.json`;
  const client = await Client.start([folder]);
  expect(client.diagnosticsOf(config)).toMatchObject([
    {
      severity: DiagnosticSeverity.Error,
      source: 'sagalint',
      range: { start: { line: 0, character: 2 }, end: { line: 0, character: 9 } },
    },
  ]);
  expect(client.diagnosticsOf(`${folder}/src/events/placed.ts`)).toHaveLength(1);
  write(config, '{ "rules": { "missing-event-metadata": "error" } }');
  await client.after(() => client.watched([config, 2]));
  expect(client.diagnosticsOf(config)).toEqual([]);
  expect(client.diagnosticsOf(`${folder}/src/events/placed.ts`)[0]?.severity).toBe(DiagnosticSeverity.Error);
  write(config, '{ "preset": "off" }');
  await client.after(() => client.watched([config, 2]));
  expect(client.rulesIn(folder)).toEqual({});
});

it('says nothing while sagalint.enable is off', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const client = await Client.start([folder]);
  const set = (settings: unknown): Promise<void> =>
    client.connection.sendNotification('workspace/didChangeConfiguration', { settings });
  await client.after(() => set({ sagalint: { enable: false } }));
  expect(client.rulesIn(folder)).toEqual({});
  await client.after(() => set({ sagalint: { enable: true } }));
  expect(client.rulesIn(folder)).toEqual({ 'src/events/placed.ts': flagged });
  const off = await Client.start([folder], { options: { enable: false } });
  expect(off.rulesIn(folder)).toEqual({});
});

it('asks for the setting where the editor only says that settings changed', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const client = await Client.start([folder], { capabilities: { workspace: { configuration: true } } });
  client.connection.onRequest('workspace/configuration', () => [{ enable: false }]);
  await client.after(() =>
    client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null }),
  );
  expect(client.rulesIn(folder)).toEqual({});
});

it('fades a suppression without use, and has no page for it', async () => {
  const text = `// sagalint-disable-next-line dual-write -- none here\n${sound}`;
  const folder = folderOf({ 'src/events/placed.ts': text });
  const client = await Client.start([folder]);
  expect(client.diagnosticsOf(`${folder}/src/events/placed.ts`)).toMatchObject([
    { code: 'unused-suppression', tags: [1] },
  ]);
  expect(client.diagnosticsOf(`${folder}/src/events/placed.ts`)[0]?.codeDescription).toBeUndefined();
});

it('prints the facts of a file from its unsaved text', async () => {
  const folder = folderOf({ 'src/events/placed.ts': happy });
  const file = `${folder}/src/events/placed.ts`;
  const client = await Client.start([folder], { open: [file] });
  await client.after(() => client.type(file, happy.replace('OrderPlaced', 'CardCharged')));
  const facts: { text: string } = await client.connection.sendRequest('sagalint/facts', { uri: uriOf(file) });
  expect(facts.text).toContain('CardChargedEvent');
});
