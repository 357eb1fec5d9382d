// Who acknowledges a message of NATS Streaming: by default the client, as soon as the listener has returned. It waits for no promise.
// https://github.com/nats-io/stan.js
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FileView } from '../view.ts';
import { isText } from './framework.ts';

/** What the options of `stan.subscribe(subject, group, options)` say; undefined where they can't be read. */
export function streamingAcks(view: FileView, subscribed: Expr | undefined): ConsumerFact['acknowledges'] {
  if (subscribed?.kind !== 'call') return undefined;
  const [, group, last] = subscribed.args;
  const options = last ?? (group && !isText(view.valueOf(group)) ? group : undefined);
  if (!options) return 'return';
  const methods = builtBy(view, options);
  if (!methods) return undefined;
  const mode = methods.get('setManualAckMode');
  if (!mode) return 'return';
  if (mode.kind !== 'literal') return undefined;
  return mode.text === 'true' ? 'never' : 'return';
}

/** The methods of `stan.subscriptionOptions()` that are called, in a chain or one by one, with their first arguments. */
function builtBy(view: FileView, options: Expr): ReadonlyMap<string, Expr> | undefined {
  const found = new Map<string, Expr>();
  const start = alongChain(view.valueOf(options), found);
  if (start?.kind !== 'call' || start.callee.kind !== 'member' || start.callee.name !== 'subscriptionOptions')
    return undefined;
  // `this.subscriptionOptions()` may be a method of the class that sets more.
  if (start.callee.object.kind === 'this') return undefined;
  if (options.kind !== 'name' || options.binding === undefined) return found;
  for (const { action } of view.callsNamed('setManualAckMode')) {
    const { callee, args } = action.call;
    const isOnIt =
      callee.kind === 'member' && callee.object.kind === 'name' && callee.object.binding === options.binding;
    if (isOnIt && args[0]) found.set('setManualAckMode', args[0]);
  }
  return found;
}

/** Notes the calls of a chain, and gives the one that it starts with. */
function alongChain(expr: Expr, found: Map<string, Expr>): Expr | undefined {
  if (expr.kind !== 'call' || expr.callee.kind !== 'member') return undefined;
  const { object, name } = expr.callee;
  if (object.kind !== 'call') return expr;
  const [first] = expr.args;
  found.set(name, first ?? { kind: 'unknown', at: expr.at });
  return alongChain(object, found);
}
