// The light bulb: fixes, fixing all, suppressing, explaining. What is applied is what the server says, by the protocol.
import { expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-protocol/node';
import { able, Client, copyOf, folderOf, write } from './client.ts';

const two = `export interface OrderPlacedEvent {
  orderId: string;
}

export interface OrderPackedEvent {
  orderId: string;
}
`;

it.each([
  'missing-event-metadata',
  'missing-failure-event',
  'non-idempotent-consumer',
  'missing-compensation',
])('fixes a finding of %s in the example: it is gone', async (rule) => {
  const folder = copyOf('examples/happy-path-shop');
  const client = await Client.start([folder]);
  const { file, diagnostic } = first(client, rule);
  const action = named(await client.actionsFor(file, diagnostic), /^(?!Disable|Fix all)/, rule);
  expect(action.diagnostics).toEqual([diagnostic]);
  expect(action.edit).toBeUndefined();
  await client.apply(action);
  const isGone = (): boolean => !client.diagnosticsOf(file).some((it) => it.message === diagnostic.message);
  await client.until(isGone, `“${action.title}” has mended it`);
});

it('applies a fix to unsaved text, for the version that the editor has', async () => {
  const folder = folderOf({ 'src/events/orders.ts': 'export {};\n' });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  await client.after(() => client.type(file, two));
  const [diagnostic] = client.diagnosticsOf(file);
  const action = named(await client.actionsFor(file, present(diagnostic)), /^Add/);
  const { edit } = await client.resolve(action);
  expect(edit?.documentChanges).toMatchObject([{ textDocument: { version: 2 } }]);
  await client.after(() => client.apply(action));
  expect(client.textOf(file)).toMatch(/interface OrderPlacedEvent {[^}]*eventId[^}]*orderId: string;\n}/s);
  expect(client.diagnosticsOf(file)).toHaveLength(1);
});

it('offers for the text as typed, without waiting for its diagnostics, and never edits by stale places', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  const diagnostic = present(client.diagnosticsOf(file)[0]);
  const stale = named(await client.actionsFor(file, diagnostic), /^Add/);
  await client.type(file, `\n\n${two}`);
  const moved = { ...diagnostic, range: shifted(diagnostic, 2) };
  const fresh = named(await client.actionsFor(file, moved), /^Add/);
  expect((await client.resolve(stale)).edit).toBeUndefined();
  await client.apply(fresh);
  // The text as typed may be told of before the mended one.
  await client.until(() => client.diagnosticsOf(file).length === 1, 'one finding is left');
});

it('edits no other file by places of an older text, while the workspace is read anew', async () => {
  const publisher = `import type { OrderPacked } from './events.ts';
export const packed = (orderId: string): OrderPacked => ({ orderId });
export const publish = (bus: { publish: (it: OrderPacked) => void }) => bus.publish(packed('1'));
`;
  const much = Array.from({ length: 1500 }, (_, index) => [
    `src/much/file${index}.ts`,
    `export class Saga${index} {\n${'  async run() { await this.bus.publish({ id: 1 }); }\n'.repeat(20)}}\n`,
  ]);
  const folder = folderOf({
    ...Object.fromEntries(much),
    'src/events.ts': 'export interface OrderPacked {\n  orderId: string;\n}\n',
    'src/publisher.ts': publisher,
  });
  const [events, other] = [`${folder}/src/events.ts`, `${folder}/src/publisher.ts`];
  const client = await Client.start([folder], { open: [events, other] });
  const action = named(await client.actionsFor(events, present(client.diagnosticsOf(events)[0])), /^Add/);
  const filesOf = ({ edit }: CodeAction): readonly string[] =>
    (edit?.documentChanges ?? []).flatMap((it) => ('textDocument' in it ? [it.textDocument.uri] : []));
  expect(filesOf(await client.resolve(action))).toHaveLength(2);
  write(`${folder}/sagalint.config.json`, '{ "exclude": ["nothing"] }');
  await client.watched([`${folder}/sagalint.config.json`, 1]);
  await client.until(() => client.statuses.at(-1)?.state === 'indexing', 'it is read anew');
  await client.type(other, `\n\n${publisher}`);
  expect((await client.resolve(action)).edit).toBeUndefined();
  await client.ready();
  expect(filesOf(await client.resolve(action))).toHaveLength(2);
});

it('sends the edits at once to an editor that does not ask for them later', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { capabilities: {}, open: [file] });
  const actions = await client.actionsFor(file, present(client.diagnosticsOf(file)[0]));
  expect(actions.every((it) => it.edit?.changes)).toBe(true);
  expect(actions.length).toBeGreaterThan(2);
});

it('fixes all of a rule in a file where that is safe, from the light bulb and on save', async () => {
  const folder = copyOf('examples/happy-path-shop');
  const file = `${folder}/services/inventory/src/inventory.service.ts`;
  const client = await Client.start([folder], { open: [file] });
  const saved = client.textOf(file);
  const found = client.diagnosticsOf(file).filter((it) => it.code === 'unawaited-publish');
  expect(found.length).toBeGreaterThan(1);
  const isGone = (): boolean => !client.diagnosticsOf(file).some((it) => it.code === 'unawaited-publish');
  const diagnostic = present(found[0]);
  const actions = await client.actionsFor(file, diagnostic);
  await client.after(() => client.apply(named(actions, /^Fix all unawaited-publish in this file$/)));
  expect(isGone()).toBe(true);
  expect(client.textOf(file).match(/import {[^}]*lastValueFrom/g)).toHaveLength(1);
  await client.after(() => client.type(file, saved));
  const onSave = await client.actionsFor(file, diagnostic, ['source.fixAll']);
  expect(onSave.map((it) => it.kind)).toEqual(['source.fixAll.sagalint']);
  await client.after(() => client.apply(named(onSave, /./)));
  expect(isGone()).toBe(true);
  expect(await client.actionsFor(file, diagnostic, ['source.fixAll'])).toEqual([]);
});

it('does not offer to fix all where each fix wants a look', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder]);
  const diagnostic = present(client.diagnosticsOf(file)[0]);
  const actions = await client.actionsFor(file, diagnostic);
  expect(actions.some((it) => it.title.startsWith('Fix all'))).toBe(false);
  expect(await client.actionsFor(file, diagnostic, ['source.fixAll'])).toEqual([]);
});

it('gives only the kinds that are asked for', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder]);
  const diagnostic = present(client.diagnosticsOf(file)[0]);
  expect(await client.actionsFor(file, diagnostic, ['refactor'])).toEqual([]);
  const quick = await client.actionsFor(file, diagnostic, ['quickfix']);
  expect(quick.every((it) => it.kind === 'quickfix')).toBe(true);
  expect((await client.actionsFor(file, diagnostic)).map((it) => it.title)).toEqual(
    quick.map((it) => it.title),
  );
});

it('disables a rule for a line and for a file, with room for the reason', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  const [, second] = client.diagnosticsOf(file);
  const forLine = await client.actionsFor(file, present(second));
  await client.after(() => client.apply(named(forLine, /^Disable .* for this line$/)));
  expect(client.textOf(file)).toContain(
    '\n// sagalint-disable-next-line missing-event-metadata -- say why\nexport interface OrderPackedEvent {',
  );
  expect(client.diagnosticsOf(file)).toHaveLength(1);
  const forFile = await client.actionsFor(file, present(client.diagnosticsOf(file)[0]));
  await client.after(() => client.apply(named(forFile, /^Disable .* for this file$/)));
  expect(client.textOf(file)).toMatch(/^\/\/ sagalint-disable-file missing-event-metadata -- say why\n/);
  expect(client.diagnosticsOf(file).map((it) => it.code)).not.toContain('missing-event-metadata');
});

it('disables a second rule of a line in the comment of the first, and keeps indents and line ends', async () => {
  const shipped =
    'export namespace Shop {\r\n  export interface OrderShippedEvent {\r\n    orderId: string;\r\n  }\r\n}\r\n';
  const folder = folderOf({ 'src/events/orders.ts': shipped });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  const rules = client.diagnosticsOf(file).map((it) => it.code);
  expect(rules.length).toBeGreaterThan(1);
  for (const rule of rules) {
    const diagnostic = client.diagnosticsOf(file).find((it) => it.code === rule);
    const actions = await client.actionsFor(file, present(diagnostic));
    await client.after(() => client.apply(named(actions, new RegExp(`^Disable ${rule} for this line$`))));
  }
  expect(client.textOf(file)).toContain(
    `Shop {\r\n  // sagalint-disable-next-line ${rules.join(', ')} -- say why\r\n  export interface`,
  );
  expect(client.diagnosticsOf(file)).toEqual([]);
});

it('deletes a suppression without use, and does not offer to suppress that', async () => {
  const text = '#!/usr/bin/env node\n// sagalint-disable-next-line dual-write -- none\nexport {};\n';
  const folder = folderOf({ 'src/events/orders.ts': text });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  const actions = await client.actionsFor(file, present(client.diagnosticsOf(file)[0]));
  expect(actions.map((it) => it.title)).toEqual(['Delete the unused suppression']);
  expect(actions[0]?.isPreferred).toBe(true);
  await client.after(() => client.apply(named(actions, /^Delete/)));
  expect(client.textOf(file)).toBe('#!/usr/bin/env node\nexport {};\n');
});

it('explains where the editor has pages', async () => {
  const folder = folderOf({ 'src/events/orders.ts': two });
  const file = `${folder}/src/events/orders.ts`;
  const client = await Client.start([folder], { options: { rulePages: 'x:/' } });
  const actions = await client.actionsFor(file, present(client.diagnosticsOf(file)[0]));
  expect(named(actions, /^Explain/).command).toMatchObject({
    command: 'sagalint.explainRule',
    arguments: ['missing-event-metadata'],
  });
  const plain = await Client.start([folder], { capabilities: able });
  const others = await plain.actionsFor(file, present(plain.diagnosticsOf(file)[0]));
  expect(others.some((it) => it.title.startsWith('Explain'))).toBe(false);
});

function first(client: Client, rule: string): { file: string; diagnostic: Diagnostic } {
  for (const { uri } of client.published) {
    const file = decodeURIComponent(new URL(uri).pathname);
    const diagnostic = client.diagnosticsOf(file).find((it) => it.code === rule);
    if (diagnostic) return { file, diagnostic };
  }
  throw new Error(`There is no finding of ${rule}.`);
}

function named(actions: readonly CodeAction[], title: RegExp, rule?: string): CodeAction {
  const found = actions.find(
    (it) => title.test(it.title) && (!rule || it.diagnostics?.some(({ code }) => code === rule)),
  );
  if (!found) throw new Error(`No action ${title} among: ${actions.map((it) => it.title).join(', ')}.`);
  return found;
}

function present(diagnostic: Diagnostic | undefined): Diagnostic {
  if (!diagnostic) throw new Error('There is no diagnostic.');
  return diagnostic;
}

function shifted({ range: { start, end } }: Diagnostic, lines: number): Diagnostic['range'] {
  return { start: { ...start, line: start.line + lines }, end: { ...end, line: end.line + lines } };
}
