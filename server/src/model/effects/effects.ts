// Judges one effect where it stands: how a reader calls it, and whether a repeat of it alone does harm.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { PublishRole, WriteRole } from '../../facts/roles.ts';
import { givenOptions, handedOptions, hasDeduplicationKey } from '../idempotency/handedOptions.ts';
import type { Effect, FunctionNode } from '../model.ts';
import { isLastResort } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { parameterOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';
import { guardedBy, type Context, type EffectDraft, type Guard } from './frames.ts';
import { isLogLine } from './logLines.ts';
import { messagesOf, raisesNothing } from './mappedObjects.ts';
import { provenanceOf, type Provenance } from './provenance.ts';
import { asInsert, savedArgument, subjectOf } from './subjects.ts';
import { isUniqueRow } from './uniqueKeys.ts';
import { handedFields, settleFields, shiftsData } from './updates.ts';

const conditionKeys =
  /^(?:version|_?version|revision|sequence|seq|status|state|phase|processed|updatedAt|etag)$/i;

/** The effect of one role in the given circumstances. */
export function effectOf(
  fn: FunctionNode,
  action: CallAction,
  role: Effect['role'],
  context: Context,
  linking: Linking,
): EffectDraft {
  if (role.kind !== 'write') return judged(fn, { action, role, provenance: 'unknown', context, linking });
  const provenance = subjectOf(fn, action, role, linking);
  const done = provenance === 'drawn' && role.isByKey ? asInsert(role) : role;
  return judged(fn, { action, role: done, provenance, context, linking });
}

interface Judged {
  readonly action: CallAction;
  readonly role: Effect['role'];
  readonly provenance: Provenance;
  readonly context: Context;
  readonly linking: Linking;
}

function judged(fn: FunctionNode, { action, role, provenance, context, linking }: Judged): EffectDraft {
  const effect: Effect = {
    file: fn.file,
    at: action.call.at,
    role,
    name: pathOf(action.call.callee),
    via: [],
    guarded: 'no',
    isIdempotent: isIdempotent(fn, action, role, provenance, linking),
    ...(provenance === 'shifted' && { isShift: true }),
    ...circumstancesIn(context),
  };
  const isKept =
    isKeptOnce(fn, action, role, linking) || provenance === 'stable' || isRowOnce(fn, action, role, linking);
  const sets = role.kind === 'write' ? handedFields(fn, role, linking) : [];
  return {
    effect: isKept ? guardedBy(effect, guardAt(fn, action)) : effect,
    ...(role.kind === 'publish' && !isKept && optionsOf(fn, action.call.args, linking)),
    ...(typeof provenance === 'object' && { parameter: provenance.parameter }),
    ...(sets.length > 0 && { sets }),
    ...(role.kind === 'write' && raisedIn(fn, action, linking)),
  };
}

/** `save(order.pullEvents())`: whose messages are stored. */
function raisedIn(
  fn: FunctionNode,
  { call: { args } }: CallAction,
  { files }: Linking,
): Pick<EffectDraft, 'raisedBy'> {
  const facts = files.get(fn.file);
  const saved = savedArgument(args);
  const object = facts && saved && messagesOf(facts, saved);
  const root = object && rootOf(facts, object);
  const parameter = root && parameterOf(facts, root);
  return parameter?.fn === fn.fact ? { raisedBy: parameter.index } : {};
}

function circumstancesIn({
  inTransaction,
  inTry,
  inCatch,
  runs,
}: Context): Pick<Effect, 'inTransaction' | 'inTry' | 'inCatch' | 'runs'> {
  return { inTransaction, inTry, inCatch, ...(runs && { runs }) };
}

/** Judges again what a caller hands in for what is stored, and with what is sent. */
export function settle(
  draft: EffectDraft,
  caller: FunctionNode,
  call: CallExpr,
  linking: Linking,
): EffectDraft {
  const settled = settleRaised(draft, settleData(draft, caller, call, linking), { caller, call, linking });
  const given = givenOptions(draft.options ?? [], call.args).map((it) => valueOf(caller, it, linking));
  if (given.some((it) => hasDeduplicationKey(it))) {
    const guard = { file: caller.file, at: call.at, level: 'yes' } as const;
    return { ...settled, effect: guardedBy(settled.effect, guard) };
  }
  return { ...settled, ...optionsOf(caller, given, linking) };
}

/** Of an object that was loaded, and has raised nothing since, no message is stored. */
function settleRaised(
  { raisedBy }: EffectDraft,
  settled: EffectDraft,
  { caller, call, linking }: { caller: FunctionNode; call: CallExpr; linking: Linking },
): EffectDraft {
  const object = raisedBy === undefined ? undefined : call.args[raisedBy];
  if (!object) return settled;
  const provenance = provenanceOf(caller, object, linking);
  if (typeof provenance === 'object') return { ...settled, raisedBy: provenance.parameter };
  const isLoaded = provenance === 'loaded' || provenance === 'shifted';
  if (!isLoaded || !raisesNothing(caller, object, call.at, linking)) return settled;
  return { ...settled, effect: { ...settled.effect, isIdempotent: true } };
}

function optionsOf(fn: FunctionNode, args: readonly Expr[], linking: Linking): Pick<EffectDraft, 'options'> {
  const options = handedOptions(fn, args, linking);
  return options.length > 0 ? { options } : {};
}

function settleData(draft: EffectDraft, caller: FunctionNode, call: CallExpr, linking: Linking): EffectDraft {
  const { isShifting, still } = settleFields(draft.sets ?? [], caller, call.args, linking);
  const effect = isShifting ? { ...draft.effect, isIdempotent: false } : draft.effect;
  const arg = draft.parameter === undefined ? undefined : call.args[draft.parameter];
  const sets = still.length > 0 && { sets: still };
  if (!arg) return { effect, ...sets };
  const provenance = provenanceOf(caller, arg, linking);
  if (typeof provenance === 'object') return { effect, parameter: provenance.parameter, ...sets };
  if (provenance === 'loaded') return { effect: { ...effect, isIdempotent: !isShifting }, ...sets };
  if (provenance === 'shifted') return { effect: { ...effect, isIdempotent: false, isShift: true } };
  const { role } = effect;
  if (provenance === 'drawn' && role.kind === 'write' && role.isByKey)
    return { effect: { ...effect, isIdempotent: false, role: asInsert(role) } };
  if (provenance !== 'stable') return { effect, ...sets };
  return { effect: { ...effect, guarded: 'yes', guard: { file: caller.file, at: call.at } } };
}

/** `stripe.charges.create` of `this.stripe.charges.create(…)`. */
export function pathOf(expr: Expr): string {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'call') return `${pathOf(expr.callee)}()`;
  if (expr.kind === 'new') return `new ${pathOf(expr.callee)}()`;
  if (expr.kind !== 'member') return '';
  const object = pathOf(expr.object);
  if (expr.name === '[]' && object !== '') return object;
  return object === '' ? expr.name : `${object}.${expr.name}`;
}

/** A guard at the effect itself as a guard of what follows. */
export function guardAt(fn: FunctionNode, action: CallAction): Guard {
  return { file: fn.file, at: action.call.at, level: 'yes' };
}

function isIdempotent(
  fn: FunctionNode,
  action: CallAction,
  role: Effect['role'],
  provenance: Provenance,
  linking: Linking,
): boolean {
  if (role.kind === 'publish')
    return (
      role.isJournaled === true ||
      isReply(action) ||
      isPutAside(fn, action, role, linking) ||
      isLogLine(role, linking.values.stringsOf(fn.file, role.event), action.call.args) ||
      action.call.args.some((it) => isMessageItself(it))
    );
  if (role.kind === 'remote') return role.isRead === true || role.isReplacing === true;
  if (role.operation === 'upsert' || role.operation === 'delete') return true;
  if (role.operation === 'update') return provenance !== 'shifted' && !shiftsData(fn, role, linking);
  return role.operation === 'insert' && provenance === 'loaded';
}

/** Who asks again wants the answer again: `channel.sendToQueue(message.properties.replyTo, …)`, `sendToQueue(replyQueue, …)`. */
function isReply({ call }: CallAction): boolean {
  return call.args.some((it) => {
    if (it.kind !== 'member' && it.kind !== 'name') return false;
    return /^reply_?(?:to|queue|address)$/i.test(it.name);
  });
}

/** `xadd('orders.dlq', …)`, `` xadd(`${stream}:dead-letter`, …) ``: who looks at what nobody could handle finds it there twice at worst. */
function isPutAside(
  { file }: FunctionNode,
  { call }: CallAction,
  { channel, event }: PublishRole,
  { values }: Linking,
): boolean {
  const place = channel ?? event;
  if (place.kind === 'template') {
    const last = place.parts.at(-1);
    return typeof last === 'string' && isLastResort(last);
  }
  const names = values.stringsOf(file, place);
  // Where the settings say the place, the code calls it by what it is for: `this.deadLetter.topic`.
  return names.length > 0
    ? names.every(isLastResort)
    : [place, call.callee].some((it) => isLastResort(pathOf(it)));
}

/** The bytes that came, handed on to a retry queue or a dead-letter exchange: the same message, by which a repeat is known. */
export function isMessageItself(expr: Expr, depth = 0): boolean {
  if (depth > 3) return false;
  if (expr.kind === 'array') return expr.items.some((it) => isMessageItself(it, depth + 1));
  if (expr.kind === 'object') return expr.entries.some((it) => isMessageItself(it.value, depth + 1));
  if (expr.kind !== 'member' || !/^(?:content|value)$/.test(expr.name)) return false;
  const { object } = expr;
  return (
    (object.kind === 'name' || object.kind === 'member') && /^(?:m|\w*(?:msg|message))$/i.test(object.name)
  );
}

/** The effect alone can happen only once for a message. */
function isKeptOnce(fn: FunctionNode, action: CallAction, role: Effect['role'], linking: Linking): boolean {
  if (role.kind === 'remote') return role.idempotencyKey !== undefined;
  if (role.kind === 'publish')
    return (
      role.deduplicationKey !== undefined ||
      action.call.args.some((it) => hasDeduplicationKey(valueOf(fn, it, linking)))
    );
  return isConditionalWrite(role) || isUniqueRow(fn.file, action, role, linking);
}

/** The message of a row that is there once: a conflict of its id, which stays the same when the message comes again, is passed over. */
function isRowOnce(fn: FunctionNode, { roles }: CallAction, role: Effect['role'], linking: Linking): boolean {
  if (role.kind !== 'publish' || role.transport !== 'outbox') return false;
  return roles.some(
    (it) =>
      it.kind === 'write' &&
      it.isConditional === true &&
      it.data !== undefined &&
      provenanceOf(fn, it.data, linking) === 'stable',
  );
}

/** A write that does nothing the second time, and says so by what it gives: a unique key, a version or status it asks for. */
export function isConditionalWrite(role: WriteRole): boolean {
  if (role.isConditional) return true;
  return (
    role.operation !== 'insert' &&
    role.where?.kind === 'object' &&
    role.where.entries.some((it) => conditionKeys.test(it.key) || isExcluded(it.value))
  );
}

/** `{ appliedEvents: { $ne: event.id } }`: what already holds the message is left out. */
function isExcluded(value: Expr): boolean {
  if (value.kind !== 'object') return false;
  return value.entries.some(
    (it) => /^(?:\$ne|\$nin)$/.test(it.key) && (it.value.kind === 'member' || it.value.kind === 'name'),
  );
}

/** The object behind a constant: `const options = { jobId: order.id }`. */
function valueOf({ file }: FunctionNode, expr: Expr, { values }: Linking): Expr {
  const value = expr.kind === 'name' ? values.evaluate(file, expr) : undefined;
  return value?.kind === 'expr' ? value.expr : expr;
}
