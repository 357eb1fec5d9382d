// Objects that are given more after they were made: `event.eventId = id`, `Object.assign(event, stamp())`, `stampIt(event)`.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { calleeName, eachAction } from '../fileIndex.ts';

/** Calls that only look at what they are handed, or hand it on. */
const looking =
  /^_?(?:log|warn|error|debug|info|stringify|publish|emit|send|dispatch|produce|push|save|parse|validate|notify)/i;

/** Whether something is added to what a name holds, so that its literal does not say all of it. */
export function isChangedLater(facts: FileFacts | undefined, expr: Expr): boolean {
  if (!facts || expr.kind !== 'name' || expr.binding === undefined) return false;
  return changed(facts).has(expr.binding);
}

/** The bindings of a file that are assigned to, below which something is assigned, or that a call may change. */
const changed = once(({ functions }: FileFacts): ReadonlySet<number> => {
  const found = new Set<number>();
  const note = (it: Expr | undefined): void => {
    let root = it;
    while (root?.kind === 'member') root = root.object;
    if (root?.kind === 'name' && root.binding !== undefined) found.add(root.binding);
  };
  for (const action of functions.flatMap((it) => [...eachAction(it.body)])) {
    if (action.kind === 'assign') note(action.target);
    else if (action.kind === 'call' && action.settled === 'dropped' && mayChange(action))
      action.call.args.filter((it) => it.kind === 'name').forEach(note);
  }
  return found;
});

function mayChange({ roles, call }: CallAction): boolean {
  const name = calleeName(call.callee) ?? '';
  return roles.length === 0 && name !== '' && !looking.test(name);
}
