// Objects that are made of others under the same id: the row that a mapper makes of an order is the order's row, and the messages of an
// order are those that its methods have raised.
import type { Action } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { parameterOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';

/** `orm.id`, `{ id: … }`; and what it is read from: `order.id`, `order.getId()`, `order.export().id`. */
const idKey = /^(?:_?id|uuid|pk)$/i;
const idReader = /^(?:_?id|uuid|pk|getId|getUuid)$/i;
const idWrapper = /^(?:value|toString|toValue|unwrap|raw|getValue|get)$/;
const maxSteps = 5;

/** What a function makes its result of: a parameter, or the object that it is a method of; undefined where it makes another thing. */
export function sourceOf(fn: FunctionNode, { files }: Pick<Linking, 'files'>): Source | undefined {
  const facts = files.get(fn.file);
  if (!facts || fn.fact.isAbstract) return undefined;
  const sources = eachAction(fn.fact.body).flatMap((it) => {
    if (it.kind !== 'return' || !it.value || it.value.kind === 'literal') return [];
    const ids = idsOf(facts, it.value).map((id) => sourceOfId({ facts, fn }, id, maxSteps));
    return ids.length > 0 ? ids : [undefined];
  });
  const [first] = sources;
  return sources.every((it) => it === first) ? first : undefined;
}

/** What an object that is made here has as its id. */
function idsOf(facts: FileFacts, made: Expr): readonly Expr[] {
  if (made.kind === 'object') return idIn(made);
  if (made.kind === 'new') return made.args.flatMap(idIn);
  if (made.kind === 'call') return made.args.flatMap(idIn);
  const root = made.kind === 'name' ? rootOf(facts, made) : undefined;
  if (!root?.init || root.kind === 'parameter') return [];
  const set = facts.functions.flatMap(({ body }) =>
    eachAction(body).flatMap((it) =>
      it.kind === 'assign' &&
      it.target.kind === 'member' &&
      idKey.test(it.target.name) &&
      it.target.object.kind === 'name' &&
      rootOf(facts, it.target.object) === root
        ? [it.value]
        : [],
    ),
  );
  return set.length > 0 ? set : root.init.kind === 'name' ? [] : idsOf(facts, root.init);
}

function idIn(expr: Expr): readonly Expr[] {
  if (expr.kind !== 'object') return [];
  return expr.entries.filter(({ key }) => idKey.test(key)).map((it) => it.value);
}

/** The number of a parameter. */
type Source = number | 'this';

interface Reading {
  readonly facts: FileFacts;
  readonly fn: FunctionNode;
}

/** Which parameter an id is read off; ids of others (`order.customerId`) say nothing. */
function sourceOfId(reading: Reading, id: Expr, steps: number): Source | undefined {
  const read = id.kind === 'call' ? id.callee : id;
  if (steps === 0 || read.kind !== 'member') return undefined;
  if (idWrapper.test(read.name)) return sourceOfId(reading, read.object, steps - 1);
  return idReader.test(read.name) ? ownerOf(reading, read.object, steps) : undefined;
}

/** The object that a value is, or is handed out by: `order` of `order.export()`, `order.props`. */
function ownerOf(reading: Reading, expr: Expr, steps: number): Source | undefined {
  if (steps === 0) return undefined;
  if (expr.kind === 'this') return 'this';
  if (expr.kind === 'member') return ownerOf(reading, expr.object, steps - 1);
  if (expr.kind === 'call')
    return expr.callee.kind === 'member' ? ownerOf(reading, expr.callee.object, steps - 1) : undefined;
  const root = rootOf(reading.facts, expr);
  const parameter = root && parameterOf(reading.facts, root);
  if (parameter) return parameter.fn === reading.fn.fact ? parameter.index : undefined;
  return root?.init ? ownerOf(reading, root.init, steps - 1) : undefined;
}

const handing =
  /^(?:pull|get|release|flush|collect|clear|pop|take|drain)\w*(?:Events?|Messages?)$|^(?:(?:get)?uncommitted|domain|pending|recorded|raised)(?:Events|Messages|Changes)$/i;
const sifting = /^(?:map|flatMap|filter|slice)$/;
const raising = /push|add|raise|record|apply|emit|publish|register|append|event|message/i;

/** The object whose messages a value holds, as rows of an outbox or as they are: `order.pullEvents().map(toRow)`. */
export function messagesOf(facts: FileFacts, expr: Expr, steps = maxSteps): Expr | undefined {
  if (steps === 0) return undefined;
  if (expr.kind === 'name') {
    const root = rootOf(facts, expr);
    return root?.init && root.kind === 'const' ? messagesOf(facts, root.init, steps - 1) : undefined;
  }
  const read = expr.kind === 'call' ? expr.callee : expr;
  if (read.kind !== 'member') return undefined;
  if (handing.test(read.name)) return read.object;
  return expr.kind === 'call' && sifting.test(read.name)
    ? messagesOf(facts, read.object, steps - 1)
    : undefined;
}

/** Whether nothing that a function calls on an object, or hands it to, raises a message; `except` is the call that stores it. */
export function raisesNothing(
  { file }: FunctionNode,
  object: Expr,
  except: Span,
  linking: Pick<Linking, 'files' | 'calls'>,
): boolean {
  const facts = linking.files.get(file);
  const root = facts && rootOf(facts, object);
  if (!facts || !root) return false;
  const isIt = (it: Expr): boolean => it.kind === 'name' && rootOf(facts, it) === root;
  const uses = facts.functions.flatMap(({ body }) =>
    callsIn(body).filter(({ call }) => {
      const isOn = call.callee.kind === 'member' && isIt(call.callee.object);
      return call.at.start !== except.start && (isOn || call.args.some(isIt));
    }),
  );
  return uses.every(({ call }) => {
    const methods = call.args.some(isIt) ? [] : linking.calls.callees(file, call);
    return methods.length > 0 && methods.every((it) => isQuiet(it, linking, 3));
  });
}

/** `this.pending = [...this.pending, event]`, `this.raised = [new OrderPaid()]`. */
function adds(action: Action): boolean {
  if (action.kind !== 'assign' || action.target.kind !== 'member') return false;
  const { target, value } = action;
  const isIt = (it: Expr): boolean => it.kind === 'member' && it.name === target.name;
  if (value.kind === 'array')
    return value.items.some((it) => it.kind === 'new') || (value.items.length > 1 && value.items.some(isIt));
  return value.kind === 'call' && value.callee.kind === 'member' && value.callee.name === 'concat';
}

/** A method that sets values and says nothing of it. */
function isQuiet(
  { file, fact }: FunctionNode,
  linking: Pick<Linking, 'files' | 'calls'>,
  depth: number,
): boolean {
  if (fact.isAbstract || depth === 0 || eachAction(fact.body).some(adds)) return false;
  return callsIn(fact.body).every(({ call, isNew }) => {
    if (isNew) return !raising.test(call.callee.kind === 'name' ? call.callee.name : 'event');
    const { callee } = call;
    if (callee.kind !== 'member') return !call.args.some((it) => it.kind === 'this');
    const known = linking.calls.callees(file, call);
    if (known.length > 0 && callee.object.kind === 'this')
      return known.every((it) => isQuiet(it, linking, depth - 1));
    return callee.object.kind !== 'this' && !raising.test(callee.name);
  });
}
