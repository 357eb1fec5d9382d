// Relays that mark a row of an outbox as sent, or delete it, before they send it: a crash in between loses the message for good.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import { callsIn, partsOf } from '../../facts/walk.ts';
import { mayFollow } from '../calls/order.ts';
import { aboutFunctions } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';

export interface EarlyMark {
  readonly fn: FunctionNode;
  /** What marks or deletes the row. */
  readonly mark: Effect;
  readonly publish: Effect;
}

const sent = /(?<![a-z])(?:sent|published|dispatched|delivered|processed|done|completed)/i;
const sets = /\bset\b[^;]*?\b(?:is_?)?(?:sent|published|dispatched|delivered|processed|done|completed)/i;

/** All of them; who puts the row back where sending fails, or sends in the transaction that marks, loses nothing by a failure. */
export function* earlyMarks(model: EventModel): Iterable<EarlyMark> {
  const seen = new Set<FunctionNode['fact']>();
  const markIn = aboutFunctions(model, 'marks before it sends', (file, fact) =>
    earlyMarkIn(model, { file, fact }),
  );
  for (const { fn, role } of model.producers) {
    if (role.transport !== 'broker' || seen.has(fn.fact) || fn.fact.kind === 'module') continue;
    seen.add(fn.fact);
    const found = markIn(fn.file, fn.fact);
    if (found) yield { fn, ...found };
  }
}

function earlyMarkIn(model: EventModel, fn: FunctionNode): Omit<EarlyMark, 'fn'> | undefined {
  if (isTransactionBody(model, fn)) return undefined;
  const effects = model.bodyOf(fn).effects.filter((it) => it.runs !== 'when-called');
  if (effects.some((it) => it.inCatch && isOfOutbox(it))) return undefined;
  const publish = effects.find((it) => it.role.kind === 'publish' && !it.inCatch);
  const mark = publish && effects.find((it) => isEarly(model, fn, it, publish));
  return mark && { mark, publish };
}

function isEarly(model: EventModel, fn: FunctionNode, mark: Effect, publish: Effect): boolean {
  if (mark.inCatch || !isOfOutbox(mark) || (mark.inTransaction && publish.inTransaction)) return false;
  const [here, there] = [startOf(mark), startOf(publish)];
  return here !== there && mayFollow(fn.fact.body, here, there) && marksAsSent(model, mark);
}

function isOfOutbox({ role, name }: Effect): boolean {
  return role.kind === 'write' && /outbox/i.test(`${role.store ?? ''} ${name}`);
}

/** A row that is only claimed comes back when the claim runs out. */
function marksAsSent(model: EventModel, { role, file, at }: Effect): boolean {
  if (role.kind !== 'write' || role.operation === 'insert') return false;
  if (role.operation === 'delete') return true;
  const functions = model.files.get(file)?.functions ?? [];
  const call = functions
    .flatMap((it) => [...callsIn(it.body)])
    .find((it) => it.call.at.start === at.start)?.call;
  return call !== undefined && saysSent(call);
}

function saysSent({ args }: CallExpr): boolean {
  return args.some((arg, index) => {
    if (arg.kind === 'string' || arg.kind === 'template') return sets.test(textIn(arg));
    // `update({ id }, { sentAt })`: the first says which rows, unless it holds all.
    const isWhich = index === 0 && args.length > 1;
    return !isWhich && arg.kind === 'object' && entriesIn(arg).some(([key, value]) => marks(key, value));
  });
}

function entriesIn(arg: Expr): readonly (readonly [string, Expr])[] {
  if (arg.kind !== 'object') return [];
  return arg.entries.flatMap(({ key, value }) =>
    key === 'where' ? [] : [[key, value] as const, ...entriesIn(value)],
  );
}

function marks(key: string, value: Expr): boolean {
  if (value.kind === 'literal' && /^(?:false|null|undefined)$/.test(value.text)) return false;
  if (value.kind === 'string') return /status|state/i.test(key) && sent.test(value.value);
  if (value.kind === 'member' && /status|state/i.test(key)) return sent.test(value.name);
  return sent.test(key) && value.kind !== 'object';
}

function textIn(arg: Expr): string {
  if (arg.kind === 'string') return arg.value;
  if (arg.kind !== 'template') return partsOf(arg).map(textIn).join(' ');
  return arg.parts.map((it) => (typeof it === 'string' ? it : '?')).join('');
}

function startOf(effect: Effect): number {
  return (effect.via[0] ?? effect).at.start;
}

/** `database.transaction(async (manager) => …)`: whether a function is such a callback. */
export function isTransactionBody(model: EventModel, { fact, file }: FunctionNode): boolean {
  const around = fact.outer === undefined ? undefined : model.files.get(file)?.functions[fact.outer];
  if (!around) return false;
  const roles = [...callsIn(around.body)].flatMap((it) => it.roles);
  return roles.some(
    (it) => it.kind === 'transaction' && it.body?.kind === 'function' && it.body.function === fact.id,
  );
}
