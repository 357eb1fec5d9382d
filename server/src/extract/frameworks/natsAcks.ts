// Who acknowledges a message of NATS Streaming: by default the client, as soon as the listener has returned. It waits for no promise.
// https://github.com/nats-io/stan.js
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FileView } from '../fileView.ts';
import { alongChain } from './chains.ts';
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
