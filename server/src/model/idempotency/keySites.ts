// Where code says by which key a repeat is known: calls of remote systems, inboxes, jobs and deduplicating queues.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Role } from '../../facts/roles.ts';
import { pathOf } from '../effects/effects.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';

export interface KeySite {
  readonly fn: FunctionNode;
  /** The call that is given the key; none where a function returns it. */
  readonly action?: CallAction;
  /** As a reader calls it: `stripe.charges.create`. */
  readonly name: string;
  readonly key: Expr;
  /** `remote`: another system knows the repeat; `guard`: an inbox here; `queue`: the broker. */
  readonly of: 'remote' | 'guard' | 'queue';
  readonly library: string;
  /** Something beside the key tells messages apart: the consumer's name, the step. */
  readonly isComposite: boolean;
}

const inboxes = /inbox|processed|dedup|idempot/i;
/** A key that is made and kept is the same from then on. */
const storing =
  /(?:^|\.)(?:insert|save|store|persist|upsert|record)\w*$|repo|dao|store|model|table|collection/i;
const keyNames = /^(?:_?id|key|dedup\w*|idempotency_?key|(?:message|event|delivery)_?(?:id|key))$/i;

/** Every place that says by which key a repeat is known. */
export function keySites(model: EventModel): readonly KeySite[] {
  return saidOfFiles(model, 'keys of repeats', (facts) => sitesIn(model, facts));
}

function* sitesIn(model: EventModel, facts: FileFacts): Iterable<KeySite> {
  const { file } = facts;
  for (const { fn: fact, action } of indexOf(facts).withRoles) {
    const found = keyIn(action.roles);
    if (found) yield { fn: { file, fact }, action, name: pathOf(action.call.callee), ...found };
  }
  for (const { fact, action, key } of namedKeys(facts)) {
    const fn = { file, fact };
    if (!action) yield { fn, name: fact.name, ...namedAs(key) };
    // A wrapper of the workspace shows itself to whom it hands the key.
    else if (model.program.calleesOf(file, fn, action.call).length === 0)
      yield { fn, action, name: pathOf(action.call.callee), ...namedAs(key) };
  }
}

interface NamedKey {
  readonly fact: FunctionFact;
  readonly action?: CallAction;
  readonly key: Expr;
}

/** `shipments.create({ …, idempotencyKey })`, and objects with such a key that a function gives back. */
const namedKeys = once(({ functions }: FileFacts): readonly NamedKey[] =>
  functions.flatMap((fact) =>
    eachAction(fact.body).flatMap((action): readonly NamedKey[] => {
      if (action.kind === 'return') {
        const key = action.value && namedKey(action.value);
        return key ? [{ fact, key }] : [];
      }
      if (action.kind !== 'call') return [];
      const key = action.call.args.map(namedKey).find(Boolean);
      return key && !isKnown(action) ? [{ fact, action, key }] : [];
    }),
  ),
);

/** A framework said what it is, or it stores what it is given. */
function isKnown({ call, roles }: CallAction): boolean {
  return (
    roles.some((it) => it.kind === 'write' || it.kind === 'read' || it.kind === 'log') ||
    keyIn(roles) !== undefined ||
    storing.test(pathOf(call.callee))
  );
}

function keyIn(roles: readonly Role[]): Found | undefined {
  return roles.map((it) => keyOf(it)).find((it) => it !== undefined);
}

function namedKey(expr: Expr): Expr | undefined {
  if (expr.kind !== 'object') return undefined;
  return expr.entries.find((it) => /^idempotency[-_]?key$/i.test(it.key))?.value;
}

function namedAs(key: Expr): Found {
  return { key, of: 'remote', library: 'unknown', isComposite: true };
}

type Found = Pick<KeySite, 'key' | 'of' | 'library' | 'isComposite'>;

function keyOf(role: Role): Found | undefined {
  const found = (of: KeySite['of'], key: Expr | undefined): Found | undefined =>
    key && 'library' in role ? { key, of, library: role.library, isComposite: false } : undefined;
  if (role.kind === 'remote') return role.isRead ? undefined : found('remote', role.idempotencyKey);
  if (role.kind === 'publish') return found('queue', role.deduplicationKey);
  if (role.kind === 'guard')
    return role.form === 'mark' || !role.key ? undefined : guardKey(role.key, role.library);
  const isInbox = role.kind === 'write' && role.operation === 'insert' && inboxes.test(role.store ?? '');
  return isInbox && role.data ? guardKey(role.data, role.library) : undefined;
}

/** `{ messageId, handlerName }`: what is looked for by, and what is looked for with it. */
function guardKey(key: Expr, library: string): Found | undefined {
  if (key.kind !== 'object') return { key, of: 'guard', library, isComposite: false };
  const data = key.entries.find((it) => it.key === 'data' || it.key === 'where')?.value;
  if (data) return guardKey(data, library);
  const named = key.entries.filter((it) => keyNames.test(it.key));
  const [only] = named;
  return only && { key: only.value, of: 'guard', library, isComposite: key.entries.length > 1 };
}
