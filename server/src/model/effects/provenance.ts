// Where a stored object comes from: loaded before, made here, or handed in. Decides whether storing it twice does harm.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { givenLater, partsOf } from '../../facts/walk.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { parameterOf } from '../resolution/origins.ts';
import { entryOf, rootOf } from '../resolution/values.ts';
import { sourceOf } from './mappedObjects.ts';
import { dependsOn, isShifted, someAction } from './shifts.ts';

export type Provenance =
  /** Loaded and set to given values: storing it again changes nothing. */
  | 'loaded'
  /** Loaded and changed by an amount. */
  | 'shifted'
  /** Made here under an id that the message brings. */
  | 'stable'
  /** Made here under a fresh id, or none. */
  | 'fresh'
  /** Made here under an id that is seen to be drawn anew each time. */
  | 'drawn'
  | 'unknown'
  | { readonly parameter: number };

const loads =
  /^(?:find|get|load|fetch|read|query|select|lookup|retrieve|one|first|single|exists|search|byId|ofId)/i;
/** What a query is told before it runs. */
const queryWords =
  /^(?:populate|session|lean|exec|select|sort|limit|skip|orFail|hint|lock|setLock|collation|maxTimeMS|leftJoinAndSelect|relation|include)$/i;
const makes = /^(?:create|build|make|new|from|of|register|place|open|start|init|construct|factory)/i;
/** What the id of a row is called. */
export const idKey = /^(?:_?id|uuid|pk|(?:event|message)_?id|key|PK)$/i;
/** The second half of a key of DynamoDB. */
const sortKey = /^(?:sk|sort_?key|range_?key)$/i;
const drawing = /^(?:now|Date|random|randomUUID|uuid|uuidv4|v4|v7|nanoid|ulid|cuid)$/;
const idSource = /(?:^id$|_id$|Id$|ID$|uuid|Uuid|^key$|Key$)/;

/** Judges the object that an expression stands for, in the function where it is stored. */
export function provenanceOf(fn: FunctionNode, expr: Expr, linking: Linking, depth = 0): Provenance {
  const facts = linking.files.get(fn.file);
  if (!facts || depth > 6) return 'unknown';
  if (expr.kind === 'object') return ofCopy(fn, facts, expr, linking, depth);
  if (expr.kind === 'array')
    return expr.items[0] ? provenanceOf(fn, expr.items[0], linking, depth + 1) : 'unknown';
  if (expr.kind === 'new' || expr.kind === 'call') return ofMade(fn, facts, expr, linking, depth);
  if (expr.kind === 'choice') return worst(expr.of.map((it) => provenanceOf(fn, it, linking, depth + 1)));
  const root = rootOf(facts, expr);
  if (!root) return expr.kind === 'this' ? 'loaded' : 'unknown';
  if (root.kind === 'parameter') return ofParameter(facts, root);
  const init = root.init ?? (expr.kind === 'name' ? givenLater(facts, expr.binding) : undefined);
  const source = init ? provenanceOf(fn, init, linking, depth + 1) : 'unknown';
  if (source !== 'loaded') return source === 'fresh' && isGivenId(facts, root) ? 'stable' : source;
  return isShifted(facts, root, linking) ? 'shifted' : 'loaded';
}

function worst(all: readonly Provenance[]): Provenance {
  return (
    all.find((it) => it === 'fresh' || it === 'drawn' || it === 'shifted') ??
    all.find((it) => it !== 'unknown') ??
    'unknown'
  );
}

function ofParameter(facts: FileFacts, root: BindingFact): Provenance {
  const parameter = parameterOf(facts, root);
  return parameter ? { parameter: parameter.index } : 'unknown';
}

/** A literal with an id taken from elsewhere (not generated) can be stored once only. */
function ofObject(facts: FileFacts, object: Expr & { kind: 'object' }, linking: Linking): Provenance {
  const inner = entryOf(object, 'data');
  if (inner?.kind === 'object') return ofObject(facts, inner, linking);
  const id = object.entries.find((it) => idKey.test(it.key));
  const keys = object.entries.filter((it) => it === id || sortKey.test(it.key));
  if (keys.some((it) => isDrawn(facts, it.value, linking))) return 'drawn';
  return id && isGiven(facts, id.value) ? 'stable' : 'fresh';
}

/** `{ ...order, paidAt }` is the order with something set; under an id of its own it is another one. */
function ofCopy(
  fn: FunctionNode,
  facts: FileFacts,
  object: Expr & { kind: 'object' },
  linking: Linking,
  depth: number,
): Provenance {
  const made = ofObject(facts, object, linking);
  if (made === 'stable' && countsOn(fn, facts, object, linking)) return 'shifted';
  const [spread, ...others] = object.spreads;
  if (made !== 'fresh' || !spread || others.length > 0 || object.entries.some((it) => idKey.test(it.key)))
    return made;
  const source = provenanceOf(fn, spread, linking, depth + 1);
  const isShifting = object.entries.some((it) => dependsOn(facts, it.value, it.key, 0));
  if (isShifting && source !== 'unknown') return 'shifted';
  return source === 'unknown' ? made : source;
}

/** `save({ id: account.id, balance: account.balance + amount })`: the row that was loaded, with a value that was computed from its own. */
function countsOn(
  fn: FunctionNode,
  facts: FileFacts,
  object: Expr & { kind: 'object' },
  linking: Linking,
): boolean {
  const id = object.entries.find((it) => idKey.test(it.key))?.value;
  const root = id?.kind === 'member' ? rootOf(facts, id) : undefined;
  if (!root?.init || root.kind === 'parameter') return false;
  const isLoadedRow = provenanceOf(fn, root.init, linking, 1) === 'loaded';
  return isLoadedRow && object.entries.some((it) => dependsOn(facts, it.value, it.key, 0));
}

/** `repository.create({ ...order })` of an object mapper makes the row of what it is given. */
function ofRow(fn: FunctionNode, { callee, args }: CallLike, linking: Linking, depth: number): Provenance {
  const [given, ...others] = args;
  if (callee.kind !== 'member' || callee.name !== 'create' || !given || others.length > 0) return 'unknown';
  const type = linking.calls.typing.foreignOf(fn.file, callee.object)?.name;
  return type === 'Repository' ? provenanceOf(fn, given, linking, depth + 1) : 'unknown';
}

/** `${type}_${Date.now()}`, `newId()` of a function that draws: another one at each delivery. */
function isDrawn(facts: FileFacts, value: Expr, linking: Linking, depth = 0): boolean {
  if (depth > 4) return false;
  if (value.kind === 'call' || value.kind === 'new') {
    const { callee } = value;
    const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
    if (value.args.length === 0 && drawing.test(name)) return true;
    if (value.kind === 'call' && drawsItself(facts, value, linking, depth)) return true;
  }
  const init = value.kind === 'name' ? rootOf(facts, value)?.init : undefined;
  return [...partsOf(value), ...(init ? [init] : [])].some((it) => isDrawn(facts, it, linking, depth + 1));
}

/** A function of the workspace that gives nothing but what it draws: one that chooses may give what it is handed. */
function drawsItself(
  { file }: FileFacts,
  call: Expr & { kind: 'call' },
  linking: Linking,
  depth: number,
): boolean {
  const callees = linking.calls.callees(file, call);
  return (
    callees.length > 0 &&
    callees.every((it) => {
      const facts = linking.files.get(it.file);
      const given = eachAction(it.fact.body).flatMap((one) => (one.kind === 'return' ? [one.value] : []));
      const isDrawing = (value: Expr | undefined): boolean =>
        facts !== undefined &&
        value !== undefined &&
        value.kind !== 'choice' &&
        isDrawn(facts, value, linking, depth + 1);
      return given.length > 0 && given.every(isDrawing);
    })
  );
}

/** `event.orderId`, `message.id`: read from something, not generated here. */
function isGiven(facts: FileFacts, value: Expr, depth = 0): boolean {
  if (depth > 8) return false;
  const inner = (it: Expr): boolean => isGiven(facts, it, depth + 1);
  if (value.kind === 'member') return idSource.test(value.name) && rootOf(facts, value) !== undefined;
  if (value.kind === 'call' || value.kind === 'new') return value.args.some(inner);
  if (value.kind === 'template') return value.parts.some((it) => typeof it !== 'string' && inner(it));
  if (value.kind !== 'name') return false;
  const root = rootOf(facts, value);
  if (root?.kind === 'parameter') return true;
  return root?.init !== undefined && root.init !== value && inner(root.init);
}

function ofMade(
  fn: FunctionNode,
  facts: FileFacts,
  expr: CallLike,
  linking: Linking,
  depth: number,
): Provenance {
  const name = expr.callee.kind === 'name' || expr.callee.kind === 'member' ? expr.callee.name : '';
  if (expr.kind === 'call' && isLoaded(expr)) return 'loaded';
  const mapped = expr.kind === 'call' ? ofMapped(fn, expr, linking, depth) : 'unknown';
  if (mapped !== 'unknown') return mapped;
  const row = ofRow(fn, expr, linking, depth);
  if (row !== 'unknown') return row;
  if (expr.kind === 'new' || makes.test(name)) return ofArguments(facts, expr, linking);
  for (const callee of linking.calls.callees(fn.file, expr)) {
    const given = returned(callee, linking, depth);
    if (given !== 'unknown' && typeof given === 'string') return given;
  }
  return 'unknown';
}

/** `OrderMapper.toRow(order)`, `order.toRow()`: what bears the id of another object is stored as that is. */
function ofMapped(
  fn: FunctionNode,
  call: Expr & { kind: 'call' },
  linking: Linking,
  depth: number,
): Provenance {
  const [mapper, ...others] = linking.calls.callees(fn.file, call);
  const source = mapper && others.length === 0 ? sourceOf(mapper, linking) : undefined;
  const own = call.callee.kind === 'member' ? call.callee.object : undefined;
  const object = source === 'this' ? own : source === undefined ? undefined : call.args[source];
  return object ? provenanceOf(fn, object, linking, depth + 1) : 'unknown';
}

/** `Order.findById(id)`, also with more said of the query: `.populate('ticket')`, `.session(session)`. */
function isLoaded({ callee }: Expr & { kind: 'call' }): boolean {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (loads.test(name) && !makes.test(name)) return true;
  return (
    callee.kind === 'member' &&
    queryWords.test(name) &&
    callee.object.kind === 'call' &&
    isLoaded(callee.object)
  );
}

type CallLike = Expr & { kind: 'new' | 'call' };

function ofArguments(facts: FileFacts, expr: CallLike, linking: Linking): Provenance {
  for (const arg of expr.args) {
    const made = arg.kind === 'object' ? ofObject(facts, arg, linking) : 'fresh';
    if (made === 'stable' || made === 'drawn') return made;
    if (arg.kind === 'member' && idSource.test(arg.name) && arg === expr.args[0] && isGiven(facts, arg))
      return 'stable';
  }
  return 'fresh';
}

function returned(callee: FunctionNode, linking: Linking, depth: number): Provenance {
  for (const action of eachAction(callee.fact.body)) {
    const given =
      action.kind === 'return' && action.value
        ? provenanceOf(callee, action.value, linking, depth + 2)
        : 'unknown';
    if (given !== 'unknown') return given;
  }
  return 'unknown';
}

/** `order.id = event.orderId` after `new Order()`. */
function isGivenId(facts: FileFacts, root: BindingFact): boolean {
  return someAction(
    facts,
    (action) =>
      action.kind === 'assign' &&
      action.target.kind === 'member' &&
      idKey.test(action.target.name) &&
      rootOf(facts, action.target) === root &&
      isGiven(facts, action.value),
  );
}
