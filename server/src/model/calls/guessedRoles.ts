// What a call does by its name alone, and where the body behind it knows better.
import type { CallAction } from '../../facts/actions.ts';
import type { Role } from '../../facts/roles.ts';
import { callsUnder, tableEntries } from '../consumers/handlerTables.ts';
import type { Summary } from '../effects/frames.ts';
import type { Effect, FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** What only the name of a call tells, or of what it is handed: `repository.storeProcessedAndOutbox({ … })`. The body knows better. */
export function isGuessed(role: Role): boolean {
  if (!('confidence' in role)) return false;
  return (
    role.confidence === 'name' ||
    (role.kind === 'publish' && role.transport === 'outbox' && role.confidence === 'shape')
  );
}

/** Whether what looks like a publish calls handlers out of a table: `dispatcher.dispatch(event)`. */
export function isRunHere(
  { roles }: CallAction,
  callees: readonly FunctionNode[],
  linking: Linking,
  seen: ReadonlySet<FunctionNode['fact']> = new Set(),
): boolean {
  if (!roles.some((it) => it.kind === 'publish' && isGuessed(it))) return false;
  return callees.some((fn) => {
    // Two that hand on to each other run nothing.
    if (seen.has(fn.fact)) return false;
    const calls = callsUnder(fn, linking);
    if (calls.some((it) => tableEntries(fn, it, linking).length > 0)) return true;
    // `dispatch(command) { return this.inner.dispatch(command); }`
    const [only, ...others] = calls;
    const next = only && others.length === 0 ? linking.calls.callees(fn.file, only.call) : [];
    return only !== undefined && isRunHere(only, next, linking, new Set([...seen, fn.fact]));
  });
}

/** A summary whose effects are marked where another implementation does something else instead; a stand-in that does nothing tells nothing. */
export function knownBeside(summary: Summary, all: readonly Summary[]): Summary {
  const others = all.filter((it) => it !== summary && it.drafts.length > 0);
  if (others.length === 0) return summary;
  const drafts = summary.drafts.map((draft) => {
    const isShared = others.every((it) => it.drafts.some(({ effect }) => isAlike(effect, draft.effect)));
    return isShared ? draft : { ...draft, effect: { ...draft.effect, isAlternative: true as const } };
  });
  return { ...summary, drafts };
}

function isAlike({ role: one }: Effect, { role: other }: Effect): boolean {
  return one.kind === other.kind;
}

/** `Order.create(…)`, `new OrderClient().create(…)`: a class of the workspace makes something. */
export function isFactory({ call: { callee } }: CallAction): boolean {
  if (callee.kind !== 'member' || callee.name !== 'create') return false;
  if (callee.object.kind === 'new') return true;
  return callee.object.kind === 'name' && /^[A-Z][a-z]/.test(callee.object.name);
}
