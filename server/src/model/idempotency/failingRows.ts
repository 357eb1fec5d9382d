// Rows that have to be there: who deletes them a second time fails, and with that the handling of a repeat.
import type { CallAction } from '../../facts/actions.ts';
import { guardAt } from '../effects/effects.ts';
import { guardedBy, stronger, type Flow, type Walk } from '../effects/frames.ts';
import type { Effect } from '../model.ts';

/** What fails the second time ends the handling of a repeat, as far as nobody catches it, and rolls back the transaction around it. */
export function stopRepeats(walk: Walk, action: CallAction, flow: Flow): void {
  if (action.settled !== 'awaited' && action.settled !== 'returned') return;
  const guard = guardAt(walk.fn, action);
  flow.guard = stronger(flow.guard, guard);
  if (flow.inTransaction) walk.marks = true;
  if (!flow.inTry) walk.after = stronger(walk.after, guard);
}

/** `$transaction([prisma.cart.delete(…), prisma.stock.update(…)])`: where one of them fails, none of them is kept. */
export function coverBatch(walk: Walk, action: CallAction, flow: Flow): void {
  const [list] = action.call.args;
  const items = new Set((list?.kind === 'array' ? list.items : []).map((it) => it.at.start));
  const isInside = ({ via: [first], at }: Effect): boolean => items.has((first?.at ?? at).start);
  const isFailing = walk.drafts.some(
    ({ effect }) => isInside(effect) && effect.role.kind === 'write' && effect.role.needsRow,
  );
  if (!isFailing) return;
  for (const [index, draft] of walk.drafts.entries())
    if (isInside(draft.effect))
      walk.drafts[index] = { ...draft, effect: guardedBy(draft.effect, guardAt(walk.fn, action)) };
  stopRepeats(walk, action, flow);
}
