// What a handler takes the text of a message for: where it is parsed, in the handler or in the functions that it hands the message to.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { eachAction } from '../fileIndex.ts';
import type { Message } from '../messages/message.ts';
import { messagesTyped } from '../messages/typedMessages.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { classAt, rootOf } from '../resolution/values.ts';

/** The types that parsed content is given, in the handler or, down to `depth`, in its helpers. */
export function parsedTypes(handler: FunctionNode, linking: Linking, depth: number): readonly Message[] {
  const facts = linking.files.get(handler.file);
  if (!facts) return [];
  const own = facts.bindings.flatMap((it) => (isInside(it, handler) ? takenFor(it, handler, linking) : []));
  const checked = own.length > 0 ? own : checkedFor(handler, linking);
  const said = checked.length > 0 ? checked : handedOver(handler, facts, linking);
  if (said.length > 0 || depth === 0) return said;
  return helpersOf(handler, linking).flatMap((it) => parsedTypes(it, linking, depth - 1));
}

function isInside({ at }: BindingFact, { fact }: FunctionNode): boolean {
  return fact.span.start <= at.start && at.end <= fact.span.end;
}

/** `const event: OrderPlaced = JSON.parse(record.body)`, `const event = JSON.parse(record.body) as OrderPlaced`. */
function takenFor(
  { type, takenAs, init }: BindingFact,
  { file }: FunctionNode,
  linking: Linking,
): readonly Message[] {
  const said = type ?? takenAs;
  return said && init && isParsed(init) ? messagesTyped(linking, file, said) : [];
}

/** `if (!isOrderPlaced(content)) return;` with `isOrderPlaced(value): value is OrderPlaced`. */
function checkedFor({ file, fact }: FunctionNode, linking: Linking): readonly Message[] {
  return eachAction(fact.body).flatMap((it) => {
    const callees = it.kind === 'call' ? linking.calls.callees(file, it.call) : [];
    return callees.flatMap((callee) =>
      callee.fact.narrows ? messagesTyped(linking, callee.file, callee.fact.narrows) : [],
    );
  });
}

/** `JSON.parse(…)`, also with a member of it or as the argument of something that unpacks. */
function isParsed(expr: Expr): boolean {
  if (expr.kind === 'member') return isParsed(expr.object);
  if (expr.kind !== 'call') return false;
  const { callee } = expr;
  return (callee.kind === 'member' && callee.name === 'parse') || expr.args.some(isParsed);
}

/** `await charge(JSON.parse(record.body))` with `charge(event: OrderPlaced)`. */
function handedOver({ file, fact }: FunctionNode, facts: FileFacts, linking: Linking): readonly Message[] {
  const isContent = (arg: Expr): boolean => isParsed(arg) || isParsed(rootOf(facts, arg)?.init ?? arg);
  for (const action of eachAction(fact.body)) {
    const index = action.kind === 'call' ? action.call.args.findIndex(isContent) : -1;
    if (action.kind !== 'call' || index < 0) continue;
    for (const callee of linking.calls.callees(file, action.call)) {
      if (isFilledIn(facts, action.call.callee, callee)) continue;
      const id = callee.fact.parameters[index];
      const type = id === undefined ? undefined : linking.files.get(callee.file)?.bindings[id]?.type;
      const typed = type ? messagesTyped(linking, callee.file, type) : [];
      if (typed.length > 0) return typed;
    }
  }
  return [];
}

/** `this.handle(…)` of a base class runs what a subclass fills in: that one is the consumer. */
function isFilledIn(facts: FileFacts, callee: Expr, { fact }: FunctionNode): boolean {
  const isOwn = callee.kind === 'member' && callee.object.kind === 'this';
  return isOwn && fact.owner !== classAt(facts, callee.at.start)?.name;
}

/** The functions that a handler calls, and those that it hands to `map` and the like. */
function helpersOf({ file, fact }: FunctionNode, { calls, files }: Linking): readonly FunctionNode[] {
  const facts = files.get(file);
  const found = eachAction(fact.body).flatMap((it) => {
    if (it.kind !== 'call' || !facts) return [];
    const { callee, args } = it.call;
    const run = calls.callees(file, it.call).filter((fn) => !isFilledIn(facts, callee, fn));
    return [...run, ...args.flatMap((arg) => calls.functionsOf(file, arg))];
  });
  return found.filter((it) => it.fact !== fact && it.fact.kind !== 'constructor');
}
