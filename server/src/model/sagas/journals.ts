// What a durable engine keeps in its journal: it is tried again until it succeeds, and done once.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { GuardRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { baseOf, type BackRun } from '../compensation/backRuns.ts';
import { isUndoing } from '../compensation/undoing.ts';
import { pathOf } from '../effects/effects.ts';
import { indexOf } from '../fileIndex.ts';

/** What journals the callback of a call: `ctx.run('charge', async () => …)`. */
export function journalOf({ roles }: CallAction): GuardRole | undefined {
  return roles.find((it): it is GuardRole => it.kind === 'guard' && it.isJournaled === true);
}

/** The name under which it is kept. */
export function journaledName(action: CallAction): string | undefined {
  const key = journalOf(action)?.key;
  return key?.kind === 'string' ? key.value : undefined;
}

/** Such a name as one word that tells what is done: `charge_card` of `charge card`. */
export function asCallee(name: string): string {
  return name.replace(/\W+/g, '_');
}

/** Whether a place stands in what an engine journals, or names it. */
export function isJournaledAt(facts: FileFacts, { start }: Span): boolean {
  return indexOf(facts).withRoles.some(({ action }) => {
    const journal = journalOf(action);
    if (journal?.isElsewhere) return [action.call.at, journal.key?.at].some((it) => it?.start === start);
    const { body } = journal ?? {};
    const span = body?.kind === 'function' ? facts.functions[body.function]?.span : undefined;
    return span !== undefined && span.start <= start && start < span.end;
  });
}

/** Whether what it journals takes a step back, by the name that it is given or by what it calls. */
export function journalsUndoing(facts: FileFacts, action: CallAction): boolean {
  const journal = journalOf(action);
  if (!journal) return false;
  const name = journaledName(action);
  const body = journal.body?.kind === 'function' ? facts.functions[journal.body.function]?.body : undefined;
  return (
    (name !== undefined && isUndoing(asCallee(name))) ||
    (body !== undefined && callsIn(body).some(({ call }) => isUndoing(pathOf(call.callee))))
  );
}

/** Whether the engine tries it again when it fails. */
export function isKeptTrying(action: CallAction): boolean {
  const journal = journalOf(action);
  if (journal) return journal.isTriedOnce !== true;
  return action.roles.some((it) => it.kind === 'publish' && it.isJournaled === true);
}

/** `compensations.push(() => ctx.run('refund', …))`: whether all that a list holds is tried again by the engine. */
export function holdsKeptTries(facts: FileFacts, run: BackRun): boolean {
  const put = putInto(facts, run);
  return put.length > 0 && put.every((it) => runsKeptTries(facts, it));
}

/** What a file puts into the list that is gone through. */
export function putInto(facts: FileFacts, { list }: BackRun): readonly Expr[] {
  const name = baseOf(list)?.name;
  return ['push', 'unshift'].flatMap((verb) =>
    (indexOf(facts).calls.get(verb) ?? []).flatMap(({ action: { call } }) => {
      const object = call.callee.kind === 'member' ? baseOf(call.callee.object) : undefined;
      return object !== undefined && object.name === name ? call.args : [];
    }),
  );
}

function runsKeptTries(facts: FileFacts, expr: Expr): boolean {
  const body = expr.kind === 'function' ? facts.functions[expr.function]?.body : undefined;
  return body !== undefined && callsIn(body).some(isKeptTrying);
}
