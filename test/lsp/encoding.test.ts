// Columns are counted in the units that client and server agree on, and every other unit means the same place.
import { expect, it } from 'vitest';
import { able, Client, folderOf } from './client.ts';

const text = '/* é 🛒 漢 */ export interface OrderPlacedEvent {\r\n  orderId: string;\r\n}\r\n';
const before = '/* é 🛒 漢 */ export interface ';

it.each([
  [undefined, 'utf-16', before.length],
  [['utf-16'], 'utf-16', before.length],
  [['utf-32', 'utf-16'], 'utf-32', [...before].length],
  [['utf-8', 'utf-16'], 'utf-8', Buffer.byteLength(before)],
  [['utf-7', 'utf-8'], 'utf-8', Buffer.byteLength(before)],
  [['utf-7'], 'utf-16', before.length],
] as const)('a client that offers %j counts in %s', async (positionEncodings, agreed, character) => {
  const folder = folderOf({ 'src/events/placed.ts': text });
  const file = `${folder}/src/events/placed.ts`;
  const general = positionEncodings ? { positionEncodings: [...positionEncodings] } : {};
  const client = await Client.start([folder], { capabilities: { ...able, general }, open: [file] });
  expect(client.answer?.capabilities.positionEncoding ?? 'utf-16').toBe(agreed);
  const [diagnostic] = client.diagnosticsOf(file);
  const end = character + 'OrderPlacedEvent'.length;
  expect(diagnostic?.range).toEqual({ start: { line: 0, character }, end: { line: 0, character: end } });
  if (!diagnostic) return;
  const at = (column: number) => ({
    ...diagnostic,
    range: { start: { line: 0, character: column }, end: { line: 0, character: column } },
  });
  expect((await client.actionsFor(file, at(end))).length).toBeGreaterThan(0);
  expect(await client.actionsFor(file, at(character - 2))).toEqual([]);
  const [action] = await client.actionsFor(file, diagnostic);
  const resolved = action && (await client.resolve(action));
  const edits = resolved?.edit?.documentChanges?.flatMap((it) => ('edits' in it ? it.edits : []));
  const last = edits?.[0] && 'range' in edits[0] ? edits[0].range.start : undefined;
  expect(last).toBeDefined();
  await client.type(file, `/* 🛒 */ ${text}`);
  const column = (): number => client.diagnosticsOf(file)[0]?.range.start.character ?? 0;
  await client.until(() => column() > character, 'the finding has moved');
});
