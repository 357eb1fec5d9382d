// Rows of a table that is told whatever happens: an audit, a history, a log of events.
import type { CallAction } from '../../facts/actions.ts';
import type { EventModel, FunctionNode } from '../model.ts';

const journal =
  /(?:audit|event|activity|history)_?(?:logs?|trails?|entry|entries|records?)$|^_?(?:audits?|activity|activities|history|histories|journal)$/i;

/** `eventLog` of `prisma.eventLog.create(…)`, or of a function that does no more than that. */
export function journalsIn(
  model: EventModel,
  fn: FunctionNode,
  { call, roles }: CallAction,
): readonly string[] {
  const done =
    roles.length > 0
      ? roles
      : model.program
          .calleesOf(fn.file, fn, call)
          .flatMap((it) => model.bodyOf(it).effects.map((one) => one.role));
  const stores = done.flatMap((it) =>
    it.kind === 'write' && it.operation === 'insert' ? [it.store ?? ''] : [''],
  );
  return stores.every((it) => journal.test(it)) ? stores : [];
}
