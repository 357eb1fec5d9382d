// Functions that a durable engine runs by the names under which they are registered: activities and other workflows.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { GuardRole, RegistrationRole } from '../../facts/roles.ts';
import type { FilePath, Span } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** What makes a call run something that is registered elsewhere: `context.df.callActivity('charge-card', order)`. */
export function runsElsewhere({ roles }: CallAction): GuardRole | undefined {
  return roles.find((it): it is GuardRole => it.kind === 'guard' && it.isElsewhere === true);
}

/** The name under which what such a call runs is registered. */
export function nameElsewhere(action: CallAction): string | undefined {
  const key = runsElsewhere(action)?.key;
  return key && nameOf(key);
}

/** Where a reader finds what a call does: the name of what it runs elsewhere, or its own. */
export function placeOf(action: CallAction): Span {
  const { at, span } = action.call;
  const key = runsElsewhere(action)?.key?.at;
  return key && span.start <= key.start && key.end <= span.end ? key : at;
}

/** What such a call runs: the functions that are registered under its key. */
export function runElsewhere(
  { keeper, files, calls, program }: Pick<Linking, 'keeper' | 'files' | 'calls' | 'program'>,
  file: FilePath,
  action: CallAction,
): readonly FunctionNode[] {
  const { key } = runsElsewhere(action) ?? {};
  if (!key) return [];
  const names = new Set([program.stringOf(file, key), nameOf(key)]);
  const bodies = [...names].flatMap((it) => (it === undefined ? [] : keeper.index(files, registered)(it)));
  return bodies.flat().flatMap((it) => calls.functionsOf(it.file, it.body));
}

interface Registered {
  readonly file: FilePath;
  readonly body: Expr;
}

const registered: Indexed<string, readonly Registered[]> = {
  question: 'registered under names',
  of: (facts) => {
    const found = new Map<string, readonly Registered[]>();
    for (const { key, body } of registrationsIn(facts)) {
      const name = nameOf(key);
      if (name !== undefined) found.set(name, [...(found.get(name) ?? []), { file: facts.file, body }]);
    }
    return found;
  },
  isSame: (one, other) => JSON.stringify(one) === JSON.stringify(other),
};

function registrationsIn(facts: FileFacts): readonly RegistrationRole[] {
  return indexOf(facts).withRoles.flatMap(({ action: { roles } }) =>
    roles.filter((it): it is RegistrationRole => it.kind === 'registration'),
  );
}

/** A constant of another file goes by its own name. */
function nameOf(key: Expr): string | undefined {
  if (key.kind === 'string') return key.value;
  return key.kind === 'name' || key.kind === 'member' ? key.name : undefined;
}
