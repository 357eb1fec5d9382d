// Messages of one registration of which one makes the rows that another asks for.
import type { CallAction } from '../../facts/actions.ts';
import { neverBoth } from '../calls/order.ts';
import type { Reached } from '../calls/reached.ts';
import { pathOf } from '../effects/effects.ts';
import type { ConsumerNode, Effect } from '../model.ts';

/** Another message of the same registration makes such rows: `case 'product.created'` beside `case 'product.changed'`. */
export function isMadeByAnother(here: Reached, { handler, runBy }: ConsumerNode, load: CallAction): boolean {
  const { model, levels } = here;
  const dispatcher = runBy?.caller ?? handler;
  const own = [...(runBy ? [{ entry: runBy.caller, action: runBy.action }] : []), ...levels];
  const read = load.roles.flatMap((it) => (it.kind === 'read' && it.store ? [it.store] : []))[0];
  const store = read ?? pathOf(load.call.callee).split('.')[0];
  return (dispatcher ? model.bodyOf(dispatcher).effects : []).some(
    (it) =>
      it.role.kind === 'write' &&
      it.role.operation === 'insert' &&
      !it.isIdempotent &&
      it.role.store === store &&
      isBeside(own, it),
  );
}

/** The way to an effect leaves that to the load by another call; further down the two never run for one message. */
function isBeside(own: Reached['levels'], { via }: Effect): boolean {
  const index = own.findIndex(({ action }, place) => action.call.at.start !== via[place]?.at.start);
  const [level, other] = [own[index], via[index]];
  if (!level || !other) return false;
  return index === 0 || neverBoth(level.entry.fact.body, level.action.call.at.start, other.at.start);
}
