// What the pointer is told over a name, by the protocol: Markdown with links where the editor renders it, plain text elsewhere,
// nothing where nothing is known.
import { expect, it } from 'vitest';
import type { Hover } from 'vscode-languageserver-protocol/node';
import { able, Client, copyOf, folderOf, uriOf } from './client.ts';

const events = `/* 🛒 */ export interface OrderPlacedEvent {
  eventId: string;
  orderId: string;
}
`;
const orders = `import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import type { OrderPlacedEvent } from './events.ts';

export class Orders {
  constructor(private readonly emitter: EventEmitter2) {}
  place(event: OrderPlacedEvent) {
    this.emitter.emit('order.placed', event);
  }
  @OnEvent('order.placed')
  reserve(event: OrderPlacedEvent) {
    console.log(event);
  }
}
`;

it('tells of an event over its declaration, with links to both ends', async () => {
  const folder = folderOf({ 'src/events.ts': events, 'src/orders [1].ts': orders });
  const client = await Client.start([folder]);
  const shown = await client.hoverAt(`${folder}/src/events.ts`, positionOf(events, 'OrderPlacedEvent'));
  const address = uriOf(`${folder}/src/orders [1].ts`);
  expect(client.answer?.capabilities.hoverProvider).toBe(true);
  expect(shown).toEqual({
    contents: {
      kind: 'markdown',
      value: `**event** \`OrderPlacedEvent\`, on the wire \`order.placed\`

Metadata: event id; lacks timestamp, correlation id and version.

Produced by

- \`Orders.place\`, [src/orders \\[1\\].ts:7](${address}#L7)

Consumed by

- \`Orders.reserve\`, [src/orders \\[1\\].ts:10](${address}#L10)`,
    },
    range: {
      start: positionOf(events, 'OrderPlacedEvent'),
      end: { line: 0, character: positionOf(events, ' {').character },
    },
  });
});

it.each([
  ['nothing of Markdown', undefined],
  ['plain text first', ['plaintext', 'markdown'] as const],
])('gives plain text to a client that says %s', async (_, contentFormat) => {
  const folder = folderOf({ 'src/events.ts': events, 'src/orders.ts': orders });
  const capabilities = contentFormat
    ? { ...able, textDocument: { hover: { contentFormat: [...contentFormat] } } }
    : {};
  const client = await Client.start([folder], { capabilities });
  const shown = await client.hoverAt(`${folder}/src/orders.ts`, positionOf(orders, "'order.placed'"));
  expect(shown?.contents).toMatchObject({
    kind: 'plaintext',
    value: expect.stringContaining(
      'event OrderPlacedEvent, on the wire order.placed, declared in src/events.ts:1',
    ),
  });
});

it.each([
  ['utf-8', 9 + 2],
  ['utf-32', 8],
] as const)('counts columns in %s where that is agreed', async (encoding, before) => {
  const folder = folderOf({ 'src/events.ts': events });
  const general = { positionEncodings: [encoding] };
  const client = await Client.start([folder], { capabilities: { ...able, general } });
  const character = before + 'export interface '.length;
  const shown = await client.hoverAt(`${folder}/src/events.ts`, { line: 0, character });
  expect(shown?.range).toEqual({
    start: { line: 0, character },
    end: { line: 0, character: character + 'OrderPlacedEvent'.length },
  });
  expect(await client.hoverAt(`${folder}/src/events.ts`, { line: 0, character: character - 2 })).toBeNull();
});

it('speaks of the text as it is typed, and forgets what is gone', async () => {
  const folder = folderOf({ 'src/events.ts': events, 'src/orders.ts': orders });
  const file = `${folder}/src/orders.ts`;
  const client = await Client.start([folder], { open: [file] });
  const moved = `\n\n${orders.replace("  @OnEvent('order.placed')\n", '')}`;
  await client.type(file, moved);
  const shown = await client.hoverAt(file, positionOf(moved, "'order.placed'"));
  expect(textOf(shown)).toContain('Consumed by nobody in this workspace.');
  expect(textOf(shown)).toContain(`${uriOf(file)}#L9`);
  expect(await client.hoverAt(file, positionOf(moved, 'reserve'))).toBeNull();
});

it('says nothing of other names, of places that are none, and of documents that it does not know', async () => {
  const folder = folderOf({ 'src/events.ts': events, 'src/orders.ts': orders });
  const file = `${folder}/src/orders.ts`;
  const client = await Client.start([folder]);
  expect(await client.hoverAt(file, positionOf(orders, 'console'))).toBeNull();
  expect(await client.hoverAt(file, { line: 1e6, character: 1e6 })).toBeNull();
  expect(await client.hoverAt(`${folder}/src/none.ts`, { line: 0, character: 0 })).toBeNull();
  for (const uri of ['untitled:1', 'git:/x', 'file:///%zz']) {
    const params = { textDocument: { uri }, position: { line: 0, character: 0 } };
    expect(await client.connection.sendRequest('textDocument/hover', params)).toBeNull();
  }
});

it('says nothing while it is disabled', async () => {
  const folder = folderOf({ 'src/events.ts': events });
  const client = await Client.start([folder], { options: { enable: false } });
  expect(await client.hoverAt(`${folder}/src/events.ts`, positionOf(events, 'OrderPlacedEvent'))).toBeNull();
});

it('tells of the saga of the example at one of its steps', async () => {
  const folder = copyOf('examples/happy-path-shop');
  const client = await Client.start([folder]);
  const file = `${folder}/services/order/src/place-order.saga.ts`;
  const text = client.textOf(file);
  const shown = await client.hoverAt(file, positionOf(text, "'reserve-stock'"));
  expect(textOf(shown)).toContain('| → `reserve-stock` | `inventory.reserve` | nothing |');
});

function textOf(shown: Hover | null): string {
  const contents = shown?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

function positionOf(text: string, name: string): { line: number; character: number } {
  const lines = text.slice(0, text.indexOf(name)).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
