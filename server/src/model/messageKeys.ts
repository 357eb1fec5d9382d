// The keys by which a repeat is known: of remote calls, inboxes, jobs and deduplicating queues.
import type { CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FunctionFact } from '../facts/facts.ts';
import type { Role } from '../facts/roles.ts';
import { changingIn, type Changing } from './changing.ts';
import { pathOf } from './effects.ts';
import { indexOf } from './fileIndex.ts';
import type { EventModel, FunctionNode } from './model.ts';
import { repeatersOf, type Repeater } from './redelivered.ts';
import { rootOf } from './values.ts';

export interface KeySite {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  /** As a reader calls it: `stripe.charges.create`. */
  readonly name: string;
  readonly key: Expr;
  /** `remote`: another system knows the repeat; `guard`: an inbox here; `queue`: the broker. */
  readonly of: 'remote' | 'guard' | 'queue';
  readonly library: string;
  /** Something beside the key tells messages apart: the consumer's name, the step. */
  readonly isComposite: boolean;
}

export type KeyFault =
  | { readonly kind: 'changing'; readonly site: KeySite; readonly by: Changing; readonly repeater?: Repeater }
  | {
      readonly kind: 'shared';
      readonly site: KeySite;
      readonly by: 'flow' | 'aggregate' | 'position';
      readonly id: string;
      readonly others: readonly KeySite[];
    };

const inboxes = /inbox|processed|dedup|idempot/i;
const keyNames = /^(?:_?id|key|dedup\w*|idempotency_?key|(?:message|event|delivery)_?(?:id|key))$/i;
const flowIds = /^(?:x-)?(?:correlation|trace|conversation)[-_]?id$/i;
const messageIds =
  /^(?:_?id|uuid|key)$|(?:message|event|msg|delivery|command|request|job|notification|record)_?id$|idempot/i;
const plainParts =
  /^(?:processed|inbox|dedup\w*|idempoten\w*|idem|msg|messages?|events?|key|lock|seen|handled)?[:\-_/.]*$/i;

/** All keys that change from delivery to delivery, or that different messages share. */
export function keyFaults(model: EventModel): readonly KeyFault[] {
  const repeaters = repeatersOf(model);
  const sites = [...keySites(model)];
  const changing = sites.flatMap((it) => changingKey(model, it, repeaters.get(it.fn.fact)));
  const rest = sites.filter((it) => !changing.some((fault) => fault.site === it));
  return [...changing, ...sharedKeys(model, rest, repeaters)];
}

function* keySites(model: EventModel): Iterable<KeySite> {
  for (const [file, facts] of model.files) {
    for (const { fn: fact, action } of indexOf(facts).withRoles) {
      const found = action.roles.map((it) => keyOf(it)).find((it) => it !== undefined);
      if (!found) continue;
      yield { fn: { file, fact }, action, name: pathOf(action.call.callee), ...found };
    }
  }
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

function changingKey(
  model: EventModel,
  site: KeySite,
  repeaters: readonly Repeater[] | undefined,
): readonly (KeyFault & { kind: 'changing' })[] {
  const by = changingIn(model, site.fn, site.key) ?? handedIn(model, site, 0);
  if (!by) return [];
  const [repeater] = repeaters ?? [];
  // A job that is queued for another try needs another key.
  if (by.kind === 'attempt' && site.of === 'queue') return [];
  // A key that names the subject means to know a repeat of it, whoever calls.
  const isMeant = site.of === 'remote' && by.kind === 'time' && !by.isWhole;
  return repeater || isMeant ? [{ kind: 'changing', site, by, ...(repeater && { repeater }) }] : [];
}

/** A key that every caller makes anew. */
function handedIn(model: EventModel, { fn, key }: KeySite, depth: number): Changing | undefined {
  const facts = model.files.get(fn.file);
  const root = facts && key.kind === 'name' ? rootOf(facts, key) : undefined;
  if (root?.kind !== 'parameter' || root.index === undefined || root.function !== fn.fact.id)
    return undefined;
  const callers = model.program.callersOf(fn);
  const made = callers.map(({ caller, action }) => {
    const arg = action.call.args[root.index ?? 0];
    return arg && depth < 2 ? changingIn(model, caller, arg) : undefined;
  });
  return made.every((it) => it !== undefined) ? made[0] : undefined;
}

function sharedKeys(
  model: EventModel,
  sites: readonly KeySite[],
  repeaters: ReadonlyMap<FunctionFact, readonly Repeater[]>,
): readonly KeyFault[] {
  const faults: KeyFault[] = [];
  const byAggregate = new Map<string, KeySite[]>();
  for (const site of sites) {
    const id = site.isComposite || isNamedBeside(site) ? undefined : onlyId(model, site);
    if (id === undefined || !repeaters.has(site.fn.fact)) continue;
    if (id === 'offset' && site.of === 'guard') {
      faults.push({ kind: 'shared', site, by: 'position', id, others: [] });
    } else if (flowIds.test(id)) {
      if (site.of !== 'queue') faults.push({ kind: 'shared', site, by: 'flow', id, others: [] });
    } else if (site.of !== 'queue' && /id$/i.test(id) && !messageIds.test(id)) {
      const group = `${groupOf(model, site)} ${id}`;
      byAggregate.set(group, [...(byAggregate.get(group) ?? []), site]);
    }
  }
  for (const group of byAggregate.values()) {
    for (const site of group) {
      const others = group.filter((it) => isOther(site, it, repeaters));
      if (others.length > 0)
        faults.push({ kind: 'shared', site, by: 'aggregate', id: onlyId(model, site) ?? '', others });
    }
  }
  return faults;
}

/** One store of keys: a guard's method, or the account at another system. */
function groupOf({ program }: EventModel, { fn, action, of, library, name }: KeySite): string {
  if (of === 'remote') return `remote ${library} ${name.split('.').slice(0, -2).join('.')}`;
  const [callee] = program.calleesOf(fn.file, fn, action.call);
  return `guard ${callee ? `${callee.file}:${callee.fact.at.start}` : `${fn.file} ${name}`}`;
}

/** Calls of different kinds, or guards of different consumers, that take each other for repeats. */
function isOther(
  site: KeySite,
  other: KeySite,
  repeaters: ReadonlyMap<FunctionFact, readonly Repeater[]>,
): boolean {
  if (site.of === 'remote') return site.name !== other.name;
  const mine = repeaters.get(site.fn.fact) ?? [];
  const theirs = repeaters.get(other.fn.fact) ?? [];
  return theirs.some((it) => it.consumer && !mine.includes(it)) && mine.length === 1;
}

/** `claim(event.correlationId, 'shipping')`. */
function isNamedBeside({ of, action, key }: KeySite): boolean {
  const others = action.call.args.filter(
    (it) => it !== key && it.kind !== 'function' && it.kind !== 'object',
  );
  const isRedis =
    action.roles.some((it) => it.kind === 'guard') &&
    /^set(?:nx|NX)?$/.test(pathOf(action.call.callee).split('.').at(-1) ?? '');
  return of === 'guard' && others.length > 0 && !isRedis;
}

/** The one id that a key consists of, by its last name. */
function onlyId(model: EventModel, { fn, key }: KeySite): string | undefined {
  return idIn(model, fn, key, 0);
}

function idIn(model: EventModel, fn: FunctionNode, key: Expr, depth: number): string | undefined {
  if (depth > 4) return undefined;
  if (key.kind === 'template') {
    const [part, ...others] = key.parts.filter((it) => typeof it !== 'string');
    const isPlain = key.parts.every((it) => typeof it !== 'string' || plainParts.test(it));
    return part && others.length === 0 && isPlain ? idIn(model, fn, part, depth + 1) : undefined;
  }
  if (key.kind === 'member') return key.index?.kind === 'string' ? key.index.value : key.name;
  if (key.kind === 'call' && /^(?:String|toString)$/.test(pathOf(key.callee).split('.').at(-1) ?? '')) {
    const [inner] = key.args;
    return inner && idIn(model, fn, inner, depth + 1);
  }
  if (key.kind !== 'name') return undefined;
  const binding = key.binding === undefined ? undefined : model.files.get(fn.file)?.bindings[key.binding];
  const inner =
    binding?.init && binding.kind !== 'import' ? idIn(model, fn, binding.init, depth + 1) : undefined;
  return inner ?? (binding?.kind === 'parameter' ? key.name : undefined);
}
