// Names that are made of themselves, or of each other in a circle: such code never ran, yet it is typed.
import { expect, it } from 'vitest';
import { linted } from './lint.ts';
import { fixtureCode } from './mutations.ts';

/** What may stand before the value of a constant and leads back to a name. */
const ways: readonly ((name: string) => string)[] = [
  (it) => `${it} ?? `,
  (it) => `${it}.value ?? `,
  (it) => `${it}[0] || `,
  (it) => `${it}() ?? `,
  (it) => `(await ${it}) ?? `,
  (it) => `{ ...${it} }.value ?? `,
  (it) => `[${it}][0] ?? `,
  (it) => `\`\${${it}}\` + `,
  (it) => `new ${it}() ?? `,
  (it) => `it ? ${it} : `,
  (it) => `(() => ${it})() ?? `,
  (it) => `${it}.bind(${it}) ?? `,
];

/** What a constant may be that is made of another one alone. */
const values: readonly ((name: string) => string)[] = [
  (it) => it,
  (it) => `${it}.value`,
  (it) => `${it}[0]`,
  (it) => `wrapped(${it})`,
  (it) => `new Wrapped(${it})`,
  (it) => `\`\${${it}}\``,
  (it) => `{ ...${it} }`,
  (it) => `{ id: ${it}, value: ${it} }`,
  (it) => `[${it}]`,
  (it) => `() => ${it}`,
  (it) => `${it}()`,
  (it) => `await ${it}.value()`,
  (it) => `${it} + 1`,
];

const constant = /\bconst (\w+)(: [^=\n]+)? = /g;

/** Each constant is made of itself, or of the one after it and the last of the first: `written` says how its declaration begins then. */
function circled(text: string, step: 0 | 1, written: (declared: string, other: string) => string): string {
  const names = [...text.matchAll(constant)].map(([, name = '']) => name);
  let index = 0;
  return text.replace(constant, (declared) => {
    const name = names[(index + step) % names.length] ?? '';
    index += 1;
    return written(declared, name);
  });
}

/** Types and classes that are built on themselves. */
function inherited(text: string): string {
  return text
    .replace(/\b(class|interface) (\w+) extends \w+/g, '$1 $2 extends $2')
    .replace(/\btype (\w+) = /g, "type $1 = $1 & $1['of'] & ")
    .replace(/\benum (\w+) \{/g, 'enum $1 { Self = $1.Self,');
}

const code = fixtureCode();

it.each([0, 1] as const)(
  'lints constants in a circle of themselves, %i further',
  { timeout: 120_000 },
  (step) => {
    for (const [index, { file, text }] of code.entries()) {
      const way = ways[index % ways.length];
      const circle = way ? circled(text, step, (declared, other) => declared + way(other)) : text;
      expect(linted({ [file]: circle }).failures, circle).toEqual([]);
    }
  },
);

it.each([0, 1] as const)(
  'lints constants that are nothing but each other, %i further',
  { timeout: 120_000 },
  (step) => {
    for (const [index, { file, text }] of code.entries()) {
      const value = values[index % values.length] ?? String;
      // What the constant was stays behind it under another name.
      const circle = circled(
        text,
        step,
        (declared, other) => `${declared}${value(other)}, former${index} = `,
      );
      expect(linted({ [file]: circle }).failures, circle).toEqual([]);
    }
  },
);

it('lints types in a circle of themselves', { timeout: 120_000 }, () => {
  for (const { file, text } of code) {
    const circle = inherited(text);
    expect(linted({ [file]: circle }).failures, circle).toEqual([]);
  }
});

it('lints interfaces that extend themselves, or parts of themselves, under the name of a client', () => {
  const client = `
    import { ClientProxy } from '@nestjs/microservices';
    import { Producer } from 'kafkajs';
    import { One, Other } from '@acme/bus';
    interface ClientProxy extends Partial<ClientProxy> { extra: string }
    interface Producer extends Pick<Producer, 'send'> {}
    interface One extends Other {}
    interface Other extends One {}
    export class Desk {
      constructor(private client: ClientProxy, private producer: Producer, private one: One) {}
      place(id: string) {
        this.one.emit('order.noted', { id });
        this.producer.send({ topic: 'order.placed', messages: [] });
        return this.client.emit('order.placed', { id });
      }
    }`;
  expect(linted({ 'src/desk.ts': client }).failures).toEqual([]);
});
