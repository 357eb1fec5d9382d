// Loops that fetch messages by themselves. Nothing registers a handler there: the function around the loop is the consumer, and no
// parameter of it carries the message.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { CallSite } from './framework.ts';

/** No parameter has this index. */
const nowhere = 99;

/** The function that fetches and works through what it got; none where it only hands it over. */
export function polling(
  { fn, view }: CallSite,
  library: string,
  events: readonly Expr[],
): readonly ConsumerFact[] {
  if (fn.kind === 'module' || fn.name === '' || ![...actionsIn(fn.body)].some((it) => it.kind === 'loop'))
    return [];
  const owner = view.ownerOf(fn.id);
  return [
    {
      at: fn.at,
      name: fn.name,
      library,
      transport: 'broker',
      events,
      handler: fn.id,
      eventParameter: nowhere,
      // What is not acknowledged comes again.
      acknowledges: 'never',
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}
