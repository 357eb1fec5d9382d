// What fixtures cannot show: a workspace of which not all is read yet, names made to mean something to whoever renders them, and
// long lists.
import { expect, it } from 'vitest';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { hoverAt } from '../../server/src/views/hover.ts';
import { describeHover } from '../../server/src/views/hoverText.ts';
import { markdownOf, plainTextOf, type Line } from '../../server/src/views/markup.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { linted, type Files } from '../robust/lint.ts';

const linkOf = ({ file }: { readonly file: string }) => ({ label: file, address: `file://${file}` });

const placed = 'export interface OrderPlacedEvent { eventId: string }';
const shop = `${placed}
export async function place(bus: { publish(event: OrderPlacedEvent): Promise<void> }, event: OrderPlacedEvent) {
  await bus.publish(event);
}`;

it('says of nobody that he is missing before the whole workspace is read', () => {
  expect(unreadAt(placed, 'OrderPlacedEvent')).toBe(`**event** \`OrderPlacedEvent\`

Metadata: event id; the rest is unknown.

Producers: unknown, as the workspace is still being read.

Consumers: unknown, as the workspace is still being read.`);
  expect(unreadAt(shop, 'OrderPlacedEvent')).toContain('Produced by, as far as the workspace is read\n\n- ');
});

it.each([
  ['`; alert(1)', '`` `; alert(1) ``'],
  ['a``b', '```a``b```'],
  ['<img src=x onerror=alert(1)>.[x](command:y)', '`<img src=x onerror=alert(1)>.[x](command:y)`'],
  ['two\nlines\u0007 and\u202e more', '`two lines  and  more`'],
  ['x'.repeat(500), `\`${'x'.repeat(120)}…\``],
])('shows a name like %j as it is', (name, shown) => {
  const at = { file: 'src/[a](b)`*<i>.ts', at: { start: 0, end: 1 } };
  const line: Line = [
    { kind: 'code', text: name },
    { kind: 'text', text: ' in ' },
    { kind: 'link', to: at },
  ];
  const link = '[src/\\[a\\](b)\\`\\*\\<i\\>.ts](file://src/[a]%28b%29`*%3ci%3e.ts)';
  expect(markdownOf([{ kind: 'line', line }], linkOf)).toBe(`${shown} in ${link}`);
  expect(plainTextOf([{ kind: 'line', line }], linkOf)).not.toMatch(/[\n\u0007\u202e]/);
});

it('keeps a cell together in whose name there are bars', () => {
  const cell = (text: string): Line => [{ kind: 'code', text }];
  const rows = [[cell('Step')], [cell('a | b')]];
  expect(markdownOf([{ kind: 'table', rows }], linkOf)).toBe('| `Step` |\n| --- |\n| `a \\| b` |');
  const slashed = [[cell('Step')], [cell('a\\|b')]];
  expect(markdownOf([{ kind: 'table', rows: slashed }], linkOf)).toContain('| `a\\|b` |');
  expect(plainTextOf([{ kind: 'table', rows }], linkOf)).toBe('Step\na | b');
});

it('names few of many events at one place, and counts the rest', () => {
  const names = Array.from(
    { length: 40 },
    (_, index) => `Order${'abcdefghij'[index % 10]}${'klmn'[index % 4]}Placed`,
  );
  const events = [...new Set(names)].map(
    (it) => `export class ${it} { constructor(readonly eventId: string) {} }`,
  );
  const text = `import { EventsHandler } from '@nestjs/cqrs';
${events.join('\n')}
@EventsHandler(${[...new Set(names)].join(', ')})
export class AuditHandler { async handle(event: object) { console.log(event); } }`;
  const shown = shownAt({ 'src/audit.ts': text }, 'src/audit.ts', 'handle(');
  expect(shown.split('\n')).toHaveLength(6);
  expect(shown).toMatch(/- and \d+ more$/);
});

function shownAt(files: Files, path: string, name: string): string {
  const hover = hoverAt(linted(files), `/shop/${path}`, files[path]?.indexOf(name) ?? -1);
  return hover ? markdownOf(describeHover(hover), linkOf) : '';
}

function unreadAt(text: string, name: string): string {
  const workspace = new Workspace(rules, configsOf([]));
  workspace.setText('/shop/src/events.ts', text);
  const hover = hoverAt(workspace.snapshot(), '/shop/src/events.ts', text.indexOf(name));
  return hover ? markdownOf(describeHover(hover), linkOf) : '';
}
