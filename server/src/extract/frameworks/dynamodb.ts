// DynamoDB by the AWS SDK v3 and v2. A put replaces; a condition on it fails the second time, and throws.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { GuardRole, ReadRole, Role, WriteRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { outboxRow } from './outboxes.ts';

const library = 'dynamodb';
const v3 = ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'];
const v2 = ['aws-sdk'];
const operations: Readonly<Record<string, WriteRole['operation'] | 'transaction' | 'read'>> = table({
  put: 'upsert',
  putitem: 'upsert',
  update: 'update',
  updateitem: 'update',
  delete: 'delete',
  deleteitem: 'delete',
  batchwrite: 'upsert',
  batchwriteitem: 'upsert',
  transactwrite: 'transaction',
  transactwriteitems: 'transaction',
  get: 'read',
  getitem: 'read',
  query: 'read',
  scan: 'read',
  batchget: 'read',
  batchgetitem: 'read',
});
/** `SET quantity = quantity - :sold`, `ADD quantity :sold`; a version that is raised counts changes on purpose. */
const counts =
  /\bset\b[\s\S]*?(?<![#\w.])((?!#?version)[#\w.]+)\s*=\s*(?:if_not_exists\(\s*\1\s*,[^)]*\)|\1\b)[^,]*?[-+]|\badd\s+(?!#?version)/i;
const amounts =
  /stock|quantit|qty|balance|available|amount|count|reserved|capacity|seats?\b|credit|inventory|remaining|units|points/i;
const isFirst = /attribute_not_exists/i;

export const dynamodb: Framework = {
  name: library,
  triggers: [],
  makes: {
    'DynamoDBDocumentClient.from': 'DynamoDBDocumentClient',
    'aws-sdk.DynamoDB.DocumentClient': 'DocumentClient',
  },
  roles(site) {
    const asked = askedOf(site);
    const kind = asked && operations[asked.name.toLowerCase()];
    if (!asked || !kind) return [];
    if (kind === 'read') return [{ kind, library, ...storeOf(site.view, asked.input), confidence: 'type' }];
    return kind === 'transaction' ? together(site.view, asked.input) : alone(site.view, kind, asked.input);
  },
};

/** What is sent: `client.send(new PutCommand(input))`, `client.send(command: PutCommand)`, `documentClient.put(input)` of v2. */
function askedOf(site: CallSite): { readonly name: string; readonly input: Expr | undefined } | undefined {
  const command = site.name === 'send' ? site.arg(0) : undefined;
  if (command?.kind === 'new' && command.callee.kind === 'name')
    return ofCommand(site.view, command.callee.name, command.args[0]);
  const type = command && site.view.typeOf(command);
  if (type?.kind === 'ref') return ofCommand(site.view, type.name, undefined);
  const isClient = isFrom(site.origin, v2) && /^(?:DocumentClient|DynamoDB)$/.test(site.origin?.name ?? '');
  return isClient ? { name: site.name, input: site.call.args[0] } : undefined;
}

function ofCommand(view: FileView, name: string, input: Expr | undefined): ReturnType<typeof askedOf> {
  const from = view.importedFrom(name);
  return from !== undefined && v3.includes(from) ? { name: name.replace(/Command$/, ''), input } : undefined;
}

function alone(view: FileView, kind: WriteRole['operation'], input: Expr | undefined): readonly Role[] {
  const data = view.entryOf(input, 'Item');
  const update = textOf(view.entryOf(input, 'UpdateExpression'));
  const isCounted = kind === 'update' && counts.test(update);
  const written = view.entryOf(input, 'ConditionExpression');
  const condition = isCounted && asksForAmount(textOf(written)) ? undefined : written;
  const write: WriteRole = {
    kind: 'write',
    library,
    operation: isCounted ? 'increment' : kind,
    ...storeOf(view, input),
    ...(data ? { data } : {}),
    ...(condition ? { isConditional: true } : {}),
    ...(kind === 'upsert' && data ? { isByKey: true } : {}),
    confidence: 'type',
  };
  const event = outboxRow(view, write);
  return [write, ...(event ? [event] : []), ...claim(condition)];
}

/** `stock >= :wanted OR attribute_not_exists(stock)`: as long as enough is there, it is taken a second time. */
function asksForAmount(condition: string): boolean {
  const parts = condition.split(/\b(?:and|or)\b/i);
  const isCompared = (it: string): boolean => /[<>]/.test(it) && !/<>/.test(it);
  return (
    parts.some(isCompared) &&
    parts.every((it) => amounts.test(it) && (isCompared(it) || /attribute_(?:not_)?exists/i.test(it)))
  );
}

/** What is written together fails together: one condition guards all. */
function together(view: FileView, input: Expr | undefined): readonly Role[] {
  const list = view.entryOf(input, 'TransactItems');
  const items = list?.kind === 'array' ? list.items : [];
  const roles = items.flatMap((item) =>
    (['Put', 'Update', 'Delete'] as const).flatMap((key) => {
      const entry = view.entryOf(item, key);
      const kind = operations[key.toLowerCase()];
      return entry && kind !== 'read' && kind !== 'transaction' && kind ? alone(view, kind, entry) : [];
    }),
  );
  const isConditional = roles.some((it) => it.kind === 'write' && it.isConditional);
  return roles.map((it) => (it.kind === 'write' && isConditional ? { ...it, isConditional } : it));
}

/** A row that must not be there yet: the call throws for a message that was handled. */
function claim(condition: Expr | undefined): readonly GuardRole[] {
  return isFirst.test(textOf(condition)) ? [{ kind: 'guard', library, form: 'claim' }] : [];
}

function storeOf(view: FileView, input: Expr | undefined): Pick<ReadRole, 'store'> {
  const table = view.entryOf(input, 'TableName');
  if (table?.kind === 'string') return { store: table.value };
  const name = table?.kind === 'member' || table?.kind === 'name' ? table.name : undefined;
  return name === undefined ? {} : { store: name };
}

function textOf(expr: Expr | undefined): string {
  if (expr?.kind === 'string') return expr.value;
  if (expr?.kind !== 'template') return '';
  return expr.parts.map((it) => (typeof it === 'string' ? it : ' ? ')).join('');
}
