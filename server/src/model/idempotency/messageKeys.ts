// The keys by which a repeat is known: of remote calls, inboxes, jobs and deduplicating queues.
import type { Expr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { holds } from '../../text.ts';
import { repeatersOf, retriedBy, type Repeater, type Repeaters } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import { changingIn, type Changing } from './changing.ts';
import { constantKey } from './constantKeys.ts';
import { handedKeys } from './handedKeys.ts';
import { keySites, type KeySite } from './keySites.ts';

export type KeyFault =
  | { readonly kind: 'changing'; readonly site: KeySite; readonly by: Changing; readonly repeater?: Repeater }
  | {
      readonly kind: 'shared';
      readonly site: KeySite;
      readonly by: 'flow' | 'aggregate' | 'position' | 'constant';
      readonly id: string;
      readonly others: readonly KeySite[];
    };

const flowIds = /^(?:x-)?(?:correlation|trace|conversation)[-_]?id$/i;
const messageIds =
  /^(?:_?id|uuid|key)$|(?:message|event|msg|delivery|command|request|job|notification|record|outbox)_?id$|idempot/i;
const plainParts =
  /^(?:processed|inbox|idem|msg|messages?|events?|key|lock|seen|handled)?[:\-_/.]*$|^(?:dedup|idempoten)[\w:\-/.]*$/i;

/** All keys that change from delivery to delivery, or that different messages share. */
export function keyFaults(model: EventModel): readonly KeyFault[] {
  const repeaters = repeatersOf(model);
  const retried = retriedBy(model);
  // Who clicks again wants it again: a page makes its key for one click.
  const sites = keySites(model).filter(({ fn }) => !fn.file.endsWith('.tsx') && !model.isOfScreen(fn.file));
  const again = (fn: FunctionFact, by: Changing): Repeater | undefined =>
    repeaters(fn)[0] ?? (retried.has(fn) ? retried.get(makerOf(model, by) ?? fn) : undefined);
  const changing = onceEach(sites.flatMap((it) => changingKey(model, it, again)));
  const rest = sites.filter(
    (it) => !changing.some((fault) => fault.site === it) && !isOfOneRun(model, it, repeaters),
  );
  return [...changing, ...sharedKeys(model, rest, repeaters)];
}

/** The function that makes what changes: outside of the retry it is made once for all attempts. */
function makerOf(model: EventModel, { file, at }: Changing): FunctionFact | undefined {
  return model.files.get(file)?.functions.findLast((it) => holds(it.span, at));
}

/** A key that is handed on to several calls is one fault. */
function onceEach<Fault extends KeyFault>(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ site: { fn, key } }) => {
    const place = `${fn.file} ${key.at.start}`;
    return !seen.has(place) && seen.add(place);
  });
}

function changingKey(
  model: EventModel,
  site: KeySite,
  again: (fn: FunctionFact, by: Changing) => Repeater | undefined,
): readonly (KeyFault & { kind: 'changing' })[] {
  const own = changingIn(model, site.fn, site.key);
  const made = own ? [{ site, by: own }] : [...handedKeys(model, site)];
  return made.flatMap(({ site: at, by }) => {
    if (isReplayed(model, by)) return [];
    const repeater = again(at.fn.fact, by);
    // A job that is queued for another try needs another key.
    if (by.kind === 'attempt' && at.of === 'queue') return [];
    // A key that names the subject means to know a repeat of it, whoever calls.
    const isMeant = at.of === 'remote' && by.kind === 'time' && !by.isWhole;
    if (!repeater && !isMeant) return [];
    return [{ kind: 'changing', site: at, by, ...(repeater && { repeater }) }];
  });
}

/** What engines that play their workflows back give as they gave it the first time. */
const replayed = [
  { engine: /^@temporalio\/workflow/, kinds: ['time', 'chance'], name: /./ },
  // `ctx.rand` is seeded by the invocation: https://docs.restate.dev/develop/ts/journaling-results#generating-randoms
  { engine: /^@restatedev\//, kinds: ['chance'], name: /(?:^|\.)rand\./ },
  { engine: /^durable-functions/, kinds: ['time', 'chance'], name: /(?:^|\.)df\./ },
];

function isReplayed({ files }: EventModel, { file, kind, name }: Changing): boolean {
  const imports = files.get(file)?.imports ?? [];
  return replayed.some(
    (it) => it.kinds.includes(kind) && it.name.test(name) && imports.some(({ from }) => it.engine.test(from)),
  );
}

function sharedKeys(model: EventModel, sites: readonly KeySite[], repeaters: Repeaters): readonly KeyFault[] {
  const faults: KeyFault[] = [];
  const byAggregate = new Map<string, KeySite[]>();
  for (const site of sites) {
    const isRepeated = repeaters(site.fn.fact).length > 0;
    const text = isRepeated ? constantKey(model, site) : undefined;
    if (text !== undefined) faults.push({ kind: 'shared', site, by: 'constant', id: text, others: [] });
    const id = site.isComposite || isNamedBeside(site) ? undefined : onlyId(model, site);
    if (id === undefined || !isRepeated) continue;
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

/** `const done = new Set<string>()` in the handler itself: what it holds is gone when the handler ends, and drops no other message. */
function isOfOneRun({ files }: EventModel, { fn, action, of }: KeySite, repeaters: Repeaters): boolean {
  const callee = of === 'guard' ? action?.call.callee : undefined;
  const facts = files.get(fn.file);
  const held = facts && callee?.kind === 'member' ? rootOf(facts, callee.object) : undefined;
  if (!facts || !held || held.init?.kind !== 'new' || held.isTopLevel) return false;
  const maker = facts.functions.findLast((it) => it.kind !== 'module' && holds(it.span, held.at));
  return maker !== undefined && repeaters(maker).length > 0;
}

/** One store of keys: a guard's method, or the account at another system. */
function groupOf({ program }: EventModel, { fn, action, of, library, name }: KeySite): string {
  if (of === 'remote') return `remote ${library} ${name.split('.').slice(0, -2).join('.')}`;
  const [callee] = action ? program.calleesOf(fn.file, fn, action.call) : [];
  return `guard ${callee ? `${callee.file}:${callee.fact.at.start}` : `${fn.file} ${name}`}`;
}

/** Calls of different kinds, or guards of different consumers, that take each other for repeats. */
function isOther(site: KeySite, other: KeySite, repeaters: Repeaters): boolean {
  if (site.of === 'remote') return site.name !== other.name;
  const mine = repeaters(site.fn.fact);
  const theirs = repeaters(other.fn.fact);
  return theirs.some((it) => it.consumer && !mine.includes(it)) && mine.length === 1;
}

/** `claim(event.correlationId, 'shipping')`. */
function isNamedBeside({ of, action, key }: KeySite): boolean {
  if (!action) return false;
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
