// However an event without metadata is written, each fix on offer compiles, keeps the file's line ends and indentation, and takes
// its finding away.
import { assert, boolean, constantFrom, property, record, subarray, type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { lint } from '../fixture/lint.ts';
import { checkTypes } from '../fixture/types.ts';

interface Style {
  readonly form: keyof typeof forms;
  readonly fields: readonly string[];
  readonly isOneLine: boolean;
  readonly isReadonly: boolean;
  readonly end: string;
  readonly newline: string;
  readonly unit: string;
  readonly comment: string;
}

const path = 'src/order-events.ts';
const own = rules.filter((it) => it.id === 'missing-event-metadata');

test('a fix compiles, keeps the style and takes its finding away', () => {
  assert(
    property(styles(), (style) => {
      const files = new Map([[path, textOf(style)]]);
      const { findings, offers } = lint(files, own);
      expect(findings.map((it) => it.symbol)).toEqual([
        style.form === 'tagged' ? 'OrderPlaced' : 'OrderPlacedEvent',
      ]);
      expect(offers).not.toEqual([]);
      for (const offer of offers) {
        const after = offer.apply();
        expect(lint(after, own).findings, after.get(path)).toEqual([]);
        expect(checkTypes(after), after.get(path)).toEqual([]);
        for (const text of after.values()) expectStyle(text, textOf(style), style);
      }
    }),
    { numRuns: 50 },
  );
});

function expectStyle(text: string, before: string, { newline }: Style): void {
  expect(text.replaceAll(newline, '')).not.toMatch(/[\r\n]/);
  if (/^\t/m.test(before)) expect(text).not.toMatch(/^ +\S/m);
}

function styles(): Arbitrary<Style> {
  return record({
    form: constantFrom(...names),
    fields: subarray(['orderId', 'total', 'customerId', 'note'], { minLength: 0 }),
    isOneLine: boolean(),
    isReadonly: boolean(),
    end: constantFrom(';', ''),
    newline: constantFrom('\n', '\r\n'),
    unit: constantFrom('  ', '    ', '\t'),
    comment: constantFrom('', '/** What was ordered. */', '// sample'),
  });
}

const forms = {
  interface: (style: Style) => [`export interface OrderPlacedEvent ${braced(style, style.end)}`],
  alias: (style: Style) => [`export type OrderPlacedEvent = ${braced(style, style.end)}${style.end}`],
  commas: (style: Style) => [`export type OrderPlacedEvent = ${braced(style, ',')}${style.end}`],
  intersection: (style: Style) => [
    `type Priced = { amount: number }${style.end}`,
    `export type OrderPlacedEvent = Priced & ${braced(style, style.end)}${style.end}`,
  ],
  tagged: (style: Style) => [
    `export type OrderEvent =`,
    `${style.unit}| { type: 'OrderPlaced'; ${style.fields.map((it) => `${it}: string`).join('; ')} }`,
    `${style.unit}| { type: 'OrderShipped'; eventId: string; occurredAt: string; correlationId: string; version: 1 }${style.end}`,
  ],
  parameters: (style: Style) => [
    `export class OrderPlacedEvent {`,
    `${style.unit}constructor(${style.fields.map((it) => `public readonly ${it}: string`).join(', ')}) {}`,
    `}`,
  ],
  properties: (style: Style) => [
    `export class OrderPlacedEvent {`,
    ...style.fields.map((it) => `${style.unit}${it} = ''${style.end}`),
    `}`,
  ],
  schema: (style: Style) => [
    `import { z } from 'zod'${style.end}`,
    `export const OrderPlacedEvent = z.object({`,
    ...style.fields.map((it) => `${style.unit}${it}: z.string(),`),
    `})${style.end}`,
  ],
} as const;
const names = [
  'interface',
  'alias',
  'commas',
  'intersection',
  'tagged',
  'parameters',
  'properties',
  'schema',
] as const;

function textOf(style: Style): string {
  const lines = forms[style.form](style).flatMap((it) => it.split('\n'));
  const at = lines.findIndex((it) => it.startsWith('export'));
  const written = [...lines.slice(0, at), style.comment, ...lines.slice(at), ''];
  return written.filter((it, index) => it !== '' || index === written.length - 1).join(style.newline);
}

function braced({ fields, isOneLine, isReadonly, unit }: Style, end: string): string {
  const members = fields.map((it) => `${isReadonly ? 'readonly ' : ''}${it}: string`);
  if (isOneLine) return members.length === 0 ? '{}' : `{ ${members.join(end === ',' ? ', ' : '; ')} }`;
  return ['{', ...members.map((it) => `${unit}${it}${end}`), '}'].join('\n');
}
