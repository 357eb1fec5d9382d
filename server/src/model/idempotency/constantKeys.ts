// Keys of repeats that never change, of calls that are about another thing each time: all but the first is taken for a repeat.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { namesIn } from '../../facts/walk.ts';
import type { EventModel } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import type { KeySite } from './keySites.ts';

/** The text that is the key of a call whose other arguments the caller decides. */
export function constantKey(model: EventModel, { fn, action, key, of }: KeySite): string | undefined {
  if (!action || of === 'guard' || key.kind === 'choice') return undefined;
  const text = model.program.stringOf(fn.file, key);
  if (text === undefined || isRepeating(action)) return undefined;
  const facts = model.files.get(fn.file);
  return facts && dataIn(action).some((it) => isHandedIn(facts, it, 0)) ? text : undefined;
}

/** Whether a parameter has a part in it: the message, or what was read of it. */
function isHandedIn(facts: FileFacts, expr: Expr, depth: number): boolean {
  return [...namesIn(expr)].some((it) => {
    const root = rootOf(facts, it);
    if (root?.kind === 'parameter') return true;
    const init = root?.isTopLevel || depth > 3 ? undefined : root?.init;
    return init !== undefined && isHandedIn(facts, init, depth + 1);
  });
}

/** What the call is about: neither the object that it is called on nor its options. */
function dataIn({ call, roles }: CallAction): readonly Expr[] {
  const job = roles.find((it) => it.kind === 'publish');
  if (job?.kind === 'publish') return job.payload ? [job.payload] : [];
  return call.args;
}

/** A job by the clock is meant to be there once. */
function isRepeating({ call }: CallAction): boolean {
  return call.args.some(
    (it) =>
      it.kind === 'object' && it.entries.some(({ key }) => /^(?:repeat|cron|every|schedule)$/i.test(key)),
  );
}
