// Who acknowledges a message of NATS Streaming: by default the client, as soon as the listener has returned. It waits for no promise.
// https://github.com/nats-io/stan.js
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { alongChain } from './chains.ts';
import { isText } from './framework.ts';

/** What the options of `stan.subscribe(subject, group, options)` say; undefined where they can't be read. */
export function streamingAcks(view: FileView, subscribed: Expr | undefined): ConsumerFact['acknowledges'] {
  if (subscribed?.kind !== 'call') return undefined;
  const [, group, last] = subscribed.args;
  const options = last ?? (group && !isText(view.valueOf(group)) ? group : undefined);
  if (!options) return 'return';
  const methods = builtBy(view, givenBy(view, subscribed, options));
  if (!methods) return undefined;
  const mode = methods.get('setManualAckMode');
  if (!mode) return 'return';
  if (mode.kind !== 'literal') return undefined;
  return mode.text === 'true' ? 'never' : 'return';
}

/** `this.subscriptionOptions()` of a class that makes the options in a method of its own: what that returns. */
function givenBy({ facts, ownerOf, valueOf }: FileView, { at }: CallExpr, options: Expr): Expr {
  const call = valueOf(options);
  const isOwn = call.kind === 'call' && call.callee.kind === 'member' && call.callee.object.kind === 'this';
  if (!isOwn || call.callee.kind !== 'member') return options;
  const { name } = call.callee;
  const around = facts.functions.findLast((it) => it.span.start <= at.start && at.start < it.span.end);
  const owner = around && ownerOf(around.id);
  const method = facts.functions.find((it) => it.owner === owner && owner !== undefined && it.name === name);
  const [returned, ...others] = actionsIn(method?.body ?? []).filter((it) => it.kind === 'return');
  return returned?.kind === 'return' && returned.value && others.length === 0 ? returned.value : options;
}

/** The methods of `stan.subscriptionOptions()` that are called, in a chain or one by one, with their first arguments. */
function builtBy(view: FileView, options: Expr): ReadonlyMap<string, Expr> | undefined {
  const { start, calls } = alongChain(view.valueOf(options));
  // `this.subscriptionOptions()` may be a method of the class that sets more.
  if (!calls.has('subscriptionOptions') || start.kind === 'this') return undefined;
  const found = new Map<string, Expr>();
  for (const [name, { args, at }] of calls) found.set(name, args[0] ?? { kind: 'unknown', at });
  if (options.kind !== 'name' || options.binding === undefined) return found;
  for (const { action } of view.callsNamed('setManualAckMode')) {
    const { start: root } = alongChain(action.call);
    const [mode] = action.call.args;
    if (mode && root.kind === 'name' && root.binding === options.binding) found.set('setManualAckMode', mode);
  }
  return found;
}
