// A consumer that looks at the topic or type and hands on: each branch names events, and often a handler of its own.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import { statesFact } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { callsUnder, isDiscriminant, tableEntries } from './handlerTables.ts';

/** One branch of a dispatching consumer. */
export interface Branch {
  /** Empty for what is left when all that is named was sorted out. */
  readonly names: readonly string[];
  /** The function that the branch hands the event to, if it is one of the workspace. */
  readonly handler?: FunctionNode;
  readonly dispatcher: FunctionNode;
  readonly action?: CallAction;
  /** The handler comes out of a table: nothing else in the dispatcher leads to it. */
  readonly isLookedUp?: boolean;
}

const noHandler =
  /^(?:log|debug|info|warn|error|parse|stringify|validate|assert|ack|nack|commit|get|is|has|to)/i;

/** The branches of a handler that dispatches by topic or type, its own body and that of functions it hands the message to. */
export function branchesOf(handler: FunctionNode, linking: Linking, depth = 1): readonly Branch[] {
  const own = branchesIn(handler, linking);
  if (own.length > 0) return own;
  for (const action of eachAction(handler.fact.body)) {
    if (action.kind !== 'call' || action.call.args.length === 0) continue;
    const callbacks = action.call.args.flatMap((it) => callbackAt(handler.file, it, linking));
    for (const callback of depth > 0 ? callbacks : []) {
      const inner = branchesOf(callback, linking, depth - 1);
      if (inner.length > 1) return inner;
    }
    for (const callee of linking.calls.callees(handler.file, action.call)) {
      if (callee.fact === handler.fact) continue;
      const inner = branchesIn(callee, linking);
      if (inner.length > 1 || inner.some((it) => it.isLookedUp)) return inner;
      const further = inner.length === 0 && depth > 0 ? branchesOf(callee, linking, depth - 1) : [];
      if (further.some((it) => it.isLookedUp)) return further;
    }
  }
  return [];
}

/** What helpers some calls below compare the message's type with, where it can only be the name of an event. */
export function comparedNames(fn: FunctionNode, linking: Linking, depth = 3): readonly string[] {
  const own = eachAction(fn.fact.body).flatMap((it) => {
    const tests = it.kind === 'if' ? testsOf(it.condition) : [];
    const cases = it.kind === 'switch' && isDiscriminant(it.on) ? it.cases.flatMap((one) => one.tests) : [];
    return [...tests, ...cases].flatMap((test) => namesOf(fn.file, test, linking)).filter(statesFact);
  });
  if (own.length > 0 || depth === 0) return [...new Set(own)];
  for (const action of eachAction(fn.fact.body)) {
    if (action.kind !== 'call') continue;
    const callbacks = action.call.args.flatMap((it) => callbackAt(fn.file, it, linking));
    for (const inner of [...callbacks, ...linking.calls.callees(fn.file, action.call)]) {
      const names = inner.fact === fn.fact ? [] : comparedNames(inner, linking, depth - 1);
      if (names.length > 0) return names;
    }
  }
  return [];
}

/** `eachRecord(batch, async (record) => { … })` hands over one message at a time. */
function callbackAt(file: FilePath, arg: Expr, { files }: Linking): readonly FunctionNode[] {
  const fact = arg.kind === 'function' ? files.get(file)?.functions[arg.function] : undefined;
  return fact ? [{ file, fact }] : [];
}

function branchesIn(fn: FunctionNode, linking: Linking): readonly Branch[] {
  const { body } = fn.fact;
  const branches: Branch[] = [];
  for (const action of eachAction(body)) {
    if (action.kind === 'switch' && isDiscriminant(action.on)) {
      for (const it of action.cases) branches.push(...branch(fn, it.tests, it.body, linking));
    }
    if (action.kind === 'if') branches.push(...branch(fn, testsOf(action.condition), action.then, linking));
  }
  branches.push(...callsUnder(fn, linking).flatMap((it) => tableBranches(fn, it, linking)));
  return branches.length > 0 ? [...branches, ...remainder(fn, body, linking)] : branches;
}

/** `if (event.type === 'OrderPlaced') return onPlaced(event); return onCancelled(event);`: the last one takes the rest. */
function remainder(fn: FunctionNode, body: readonly Action[], linking: Linking): readonly Branch[] {
  const sorting = body.findLastIndex(
    (it) => it.kind === 'if' && testsOf(it.condition).length > 0 && it.then.at(-1)?.kind === 'return',
  );
  const rest = body.slice(sorting + 1);
  if (sorting < 0 || rest.some((it) => it.kind === 'if' || it.kind === 'switch')) return [];
  const found = handlerIn(fn, rest, linking);
  return found ? [{ names: [], dispatcher: fn, ...found }] : [];
}

function branch(
  fn: FunctionNode,
  tests: readonly Expr[],
  body: readonly Action[],
  linking: Linking,
): readonly Branch[] {
  const names = tests.flatMap((it) => namesOf(fn.file, it, linking));
  if (names.length === 0) return [];
  const found = handlerIn(fn, body, linking);
  return [{ names, dispatcher: fn, ...found }];
}

/** `error.name === 'ConditionalCheckFailedException'` sorts errors, `record.eventName === 'INSERT'` changes of rows, `type === 'image/png'` files. */
const noMessage =
  /(?:Error|Exception)$|^(?:INSERT|UPDATE|MODIFY|DELETE|REMOVE|UPSERT)$|^(?:application|audio|font|image|multipart|text|video)\/|\s/;

function namesOf(file: FilePath, test: Expr, { values }: Linking): readonly string[] {
  const texts = values.stringsOf(file, test).filter((it) => !noMessage.test(it));
  if (texts.length > 0) return texts;
  const owner = test.kind === 'member' ? values.evaluate(file, test.object) : undefined;
  return owner?.kind === 'type' && owner.node.fact.kind === 'enum' && test.kind === 'member'
    ? [test.name]
    : [];
}

function handlerIn(
  fn: FunctionNode,
  body: readonly Action[],
  linking: Linking,
): { readonly handler: FunctionNode; readonly action: CallAction } | undefined {
  const found: { handler: FunctionNode; action: CallAction }[] = [];
  for (const action of eachAction(body)) {
    if (action.kind !== 'call' || action.isNew || isNoise(action)) continue;
    const [callee] = linking.calls.callees(fn.file, action.call);
    if (!callee || callee.fact.name === '') return undefined;
    found.push({ handler: callee, action });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Parsing, logging and acknowledging beside the one call that handles. */
function isNoise(action: CallAction): boolean {
  if (action.roles.some((it) => it.kind === 'log' || it.kind === 'ack' || it.kind === 'alert')) return true;
  const { callee } = action.call;
  return (callee.kind === 'name' || callee.kind === 'member') && noHandler.test(callee.name);
}

/** `handlers[topic](message)` with `handlers` an object of functions. */
function tableBranches(fn: FunctionNode, action: CallAction, linking: Linking): readonly Branch[] {
  return tableEntries(fn, action, linking).map(({ name, handler }) => ({
    names: [name],
    handler,
    dispatcher: fn,
    action,
    isLookedUp: true,
  }));
}

/** `topic === 'a' || topic === 'b'`. */
function testsOf(condition: Expr): readonly Expr[] {
  if (condition.kind !== 'operation') return [];
  if (condition.operator === '||') return condition.of.flatMap(testsOf);
  if (condition.operator !== '===' && condition.operator !== '==') return [];
  const [left, right] = condition.of;
  if (!left || !right) return [];
  if (isDiscriminant(left)) return [right];
  return isDiscriminant(right) ? [left] : [];
}
