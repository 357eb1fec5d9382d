// What an object was made with: the parameter of a constructor behind a member, and where in it.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import { parameterOf, pathOf } from './origins.ts';
import { classAt, rootOf } from './values.ts';

/** A parameter, and the keys that lead from it to what is meant. */
export interface MadeWith {
  readonly fn: FunctionNode;
  readonly index: number;
  readonly path: readonly string[];
}

/** `constructor(private readonly topic: string)`, `constructor(options) { this.topic = options.topic; }`. */
export function madeWith(
  facts: FileFacts,
  { file, fact: type }: TypeNode,
  name: string,
): MadeWith | undefined {
  const fact = indexOf(facts).methods.get(type.name)?.get('constructor');
  if (!fact) return undefined;
  const isMember = type.members.some((it) => it.name === name && it.isParameter);
  if (isMember) {
    const index = fact.parameters.findIndex((id) => facts.bindings[id]?.name === name);
    return index >= 0 ? { fn: { file, fact }, index, path: [] } : undefined;
  }
  for (const it of eachAction(fact.body)) {
    if (it.kind !== 'assign' || it.operator !== '=' || memberOf(it.target)?.name !== name) continue;
    const root = rootOf(facts, it.value);
    const parameter = root && parameterOf(facts, root);
    if (parameter?.fn === fact)
      return { fn: { file, fact }, index: parameter.index, path: pathOf(facts, it.value) };
  }
  return undefined;
}

/** What takes a message is called so, unlike the logger and the clock that the object was made with as well. */
const handling =
  /^(?:on[A-Z]\w*|handle\w*|process\w*|consume|execute|each(?:Message|Batch)|callback|listener|cb|fn)$/;

/** The call by which a handler runs what its object was made with: `this.options.onMessage(message)`. */
export function runsWhatItWasMadeWith(
  facts: FileFacts,
  { handler }: ConsumerFact,
  actions: (fact: FunctionFact) => Iterable<CallAction>,
):
  | (MadeWith & { readonly entry: { readonly caller: FunctionNode; readonly action: CallAction } })
  | undefined {
  const fact = typeof handler === 'number' ? facts.functions[handler] : undefined;
  const type = fact && classAt(facts, fact.at.start);
  if (!fact || !type) return undefined;
  const { file } = facts;
  for (const action of actions(fact)) {
    const member = memberOf(action.call.callee);
    if (!handling.test([member?.name, ...(member?.path ?? [])].at(-1) ?? '')) continue;
    const found = member && madeWith(facts, { file, fact: type }, member.name);
    if (found)
      return { ...found, path: [...found.path, ...member.path], entry: { caller: { file, fact }, action } };
  }
  return undefined;
}

/** `this.options.onMessage`: the member, and what is taken out of it. */
function memberOf(expr: Expr): { readonly name: string; readonly path: readonly string[] } | undefined {
  if (expr.kind !== 'member') return undefined;
  if (expr.object.kind === 'this') return { name: expr.name, path: [] };
  const outer = memberOf(expr.object);
  return outer && { ...outer, path: [...outer.path, expr.name] };
}
