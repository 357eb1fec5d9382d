// What tells a redelivery from a new message, written where the handler is: the event's id, the broker's, or else the contents.
import { ts } from 'ts-morph';
import type { Edit } from '../text.ts';
import { importOf } from './imports.ts';
import type { MessageKey } from './plan.ts';
import { quoteOf } from './style.ts';

export interface Key {
  /** An expression of type `string`. */
  readonly text: string;
  /** What a reader has to know about it. */
  readonly comment?: string;
  /** What the parameter list and the imports need for it. */
  readonly edits: readonly Edit[];
  /** The statement that comes first in the body. */
  readonly first?: string;
}

/** The key of the handler's message; undefined where the handler does not take it by a name. */
export function keyOf(
  source: ts.SourceFile,
  handler: ts.FunctionLikeDeclaration,
  { key, eventParameter }: { readonly key: MessageKey; readonly eventParameter: number },
  before: readonly ts.Statement[],
): Key | undefined {
  const name = handler.parameters[eventParameter]?.name;
  if (!name) return undefined;
  if (key.of === 'event')
    return key.field === undefined ? ofContents(source, name) : ofField(source, name, key.field);
  const event = key.field === undefined ? undefined : parsedIn(before);
  if (event && key.field !== undefined) {
    const found = ofField(source, event, key.field);
    if (found) return found;
  }
  switch (key.of) {
    case 'kafka':
      return ofRecord(source, name);
    case 'amqp':
      return ofDelivery(source, name);
    case 'job':
      return ofField(source, name, 'id', (it) => `String(${it})`);
  }
}

function ofField(
  source: ts.SourceFile,
  name: ts.BindingName,
  field: string,
  written = (it: string): string => it,
): Key | undefined {
  const found = member(source, name, field);
  if (!found) return undefined;
  return { text: written(found.text), edits: found.edits };
}

/** The contents of an event without an id. A pattern in the parameter list moves into the body. */
function ofContents(source: ts.SourceFile, name: ts.BindingName): Key {
  const hash = importOf(source, 'createHash', 'node:crypto');
  const quote = quoteOf(source.text);
  const event = ts.isIdentifier(name) ? name.text : 'event';
  const pattern = ts.isIdentifier(name) ? undefined : name.getText(source);
  const start = name.getStart(source);
  return {
    text: hashed(hash.name, `JSON.stringify(${event})`, quote),
    comment: 'The event carries no id: equal contents count as one message.',
    edits: [...hash.edits, ...(pattern === undefined ? [] : [{ at: { start, end: name.end }, text: event }])],
    ...(pattern !== undefined && { first: `const ${pattern} = ${event}` }),
  };
}

/** Topic, partition and offset name a record for ever. */
function ofRecord(source: ts.SourceFile, name: ts.BindingName): Key | undefined {
  const parts = ['topic', 'partition', 'message'].map((it) => member(source, name, it));
  const [topic, partition, message] = parts;
  if (!topic || !partition || !message) return undefined;
  const edits = parts.flatMap((it) => it?.edits ?? []);
  const at = edits[0]?.at;
  return {
    text: `\`\${${topic.text}}/\${${partition.text}}/\${${message.text}.offset}\``,
    // Several names that are missing in one pattern are one insertion.
    edits: at ? [{ at, text: edits.map((it) => it.text).join('') }] : [],
  };
}

/** An AMQP message has an id where its producer sets one. */
function ofDelivery(source: ts.SourceFile, name: ts.BindingName): Key | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  const hash = importOf(source, 'createHash', 'node:crypto');
  const quote = quoteOf(source.text);
  const contents = hashed(hash.name, `${name.text}.content`, quote);
  return {
    text: `String(${name.text}.properties.messageId ?? ${contents})`,
    comment: 'A message without an id is known by its contents.',
    edits: hash.edits,
  };
}

function hashed(createHash: string, contents: string, quote: string): string {
  return `${createHash}(${quote}sha256${quote}).update(${contents}).digest(${quote}hex${quote})`;
}

interface Member {
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** A member of the parameter: `event.id`, or the name that a pattern gives it, added to the pattern where it is not there. */
function member(source: ts.SourceFile, name: ts.BindingName, wanted: string): Member | undefined {
  if (ts.isIdentifier(name)) return { text: `${name.text}.${wanted}`, edits: [] };
  if (!ts.isObjectBindingPattern(name)) return undefined;
  const found = name.elements.find((it) => (it.propertyName ?? it.name).getText(source) === wanted);
  if (found) return ts.isIdentifier(found.name) ? { text: found.name.text, edits: [] } : undefined;
  const last = name.elements.at(-1);
  if (last?.dotDotDotToken) return { text: `${last.name.getText(source)}.${wanted}`, edits: [] };
  const start = last?.end ?? name.getStart(source) + 1;
  return { text: wanted, edits: [{ at: { start, end: start }, text: last ? `, ${wanted}` : wanted }] };
}

/** `const event: OrderPlaced = JSON.parse(…)`, or a pattern in its place. */
function parsedIn(statements: readonly ts.Statement[]): ts.BindingName | undefined {
  for (const statement of statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isArrayBindingPattern(name) && initializer && parses(initializer)) return name;
    }
  }
  return undefined;
}

function parses(node: ts.Expression): boolean {
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return parses(node.expression);
  return ts.isCallExpression(node) && node.expression.getText() === 'JSON.parse';
}
