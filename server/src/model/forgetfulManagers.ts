// Process managers that keep the state of their sagas in a collection in memory: a restart forgets all that are under way.
import type { Action } from '../facts/actions.ts';
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { durableEngines, placeNameOf, sagaName } from '../facts/sagaWords.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../facts/walk.ts';
import type { FilePath, Span } from '../text.ts';
import { saidOfFiles } from './about.ts';
import type { EventModel } from './model.ts';

export interface ForgetfulManager {
  readonly file: FilePath;
  readonly at: Span;
  /** The collection. */
  readonly name: string;
}

/** All of them: what one reaction puts there another asks for, and more than one message goes out. */
export function forgetfulManagers(model: EventModel): readonly ForgetfulManager[] {
  return saidOfFiles(model, 'process managers that forget', (facts) => managersIn(model, facts));
}

function managersIn(model: EventModel, facts: FileFacts): readonly ForgetfulManager[] {
  const kept = collectionsIn(facts);
  if (kept.length === 0) return [];
  const reactions = [...handlersIn(model, facts), ...streamsIn(facts)];
  return kept.flatMap(({ name, at, owner }) => {
    const users = reactions
      .filter((it) => owner === undefined || it.owner === owner)
      .map((it) => ({ ...it, uses: usesIn(facts, it.functions, { name, isField: owner !== undefined }) }))
      .filter((it) => it.uses.size > 0);
    const uses = new Set(users.flatMap((it) => [...it.uses]));
    const events = new Set(users.flatMap((it) => it.events));
    const sends = users.reduce((sum, it) => sum + it.sends, 0);
    const isKept = uses.has('put') && uses.has('ask') && events.size > 1 && sends > 1;
    const isNamed = progress.test(name) || sagaName.test(`${owner ?? ''} ${placeNameOf(facts.file)}`);
    // Prices that one message sets and another reads are no progress: who goes on with a saga changes what it finds.
    const isMoved = users.some((it) => it.uses.has('ask') && (it.uses.has('put') || it.uses.has('drop')));
    return isKept && (isNamed || isMoved) ? [{ file: facts.file, at, name }] : [];
  });
}

interface Reaction {
  readonly owner: string | undefined;
  /** The handler, and what it calls in its own file. */
  readonly functions: readonly FunctionFact[];
  readonly events: readonly string[];
  readonly sends: number;
}

/** Handlers of the file that write nothing down. */
function handlersIn(model: EventModel, facts: FileFacts): readonly Reaction[] {
  return model.consumers.flatMap((consumer): readonly Reaction[] => {
    const { handler, events, transport } = consumer;
    if (handler?.file !== facts.file) return [];
    const { owner } = handler.fact;
    const isMeant = transport === 'broker' || sagaName.test(`${owner ?? ''} ${placeNameOf(facts.file)}`);
    const { effects } = model.bodyOfConsumer(consumer);
    if (!isMeant || effects.some(({ role }) => role.kind === 'write')) return [];
    const sent = new Set(effects.filter(({ role }) => role.kind === 'publish').map((it) => it.at.start));
    return [
      {
        owner,
        functions: withCallees(facts, handler.fact),
        events: events.map((it) => it.key),
        sends: sent.size,
      },
    ];
  });
}

/** Streams of NestJS: each gives commands. */
function streamsIn(facts: FileFacts): readonly Reaction[] {
  return facts.sagas.flatMap(({ form, function: id, name, owner }): readonly Reaction[] => {
    const fn = form === 'stream' && id !== undefined ? facts.functions[id] : undefined;
    return fn ? [{ owner, functions: withCallees(facts, fn), events: [name], sends: 1 }] : [];
  });
}

/** A function, the callbacks in it, and the methods of its class that it calls. */
function withCallees(facts: FileFacts, fn: FunctionFact): readonly FunctionFact[] {
  const found = new Set<FunctionFact>();
  const add = (it: FunctionFact): void => {
    if (found.has(it)) return;
    found.add(it);
    for (const inner of facts.functions) if (inner.outer === it.id) add(inner);
    for (const { call } of callsIn(it.body)) {
      const { callee } = call;
      if (callee.kind !== 'member' || callee.object.kind !== 'this') continue;
      const method = facts.functions.find((one) => one.owner === fn.owner && one.name === callee.name);
      if (method) add(method);
    }
  };
  add(fn);
  return [...found];
}

interface Collection {
  readonly name: string;
  readonly at: Span;
  /** The class that holds it. */
  readonly owner?: string;
}

/** What is let go of with the process anyway, or only spares work. */
const passing =
  /cache|pending|resolv|callback|promis|listener|subscri|client|socket|connection|timer|handler|dedup|seen|processed/i;

/** What says that it is how far something came. */
const progress = /saga|state|status|progress|phase|step|process|flow/i;

const collectionsIn = once((facts: FileFacts): readonly Collection[] => {
  if (facts.imports.some((it) => durableEngines.test(it.from))) return [];
  const fields = facts.types.flatMap(({ kind, name: owner, members }) =>
    kind === 'class' ? members.map(({ name, at, type, init }) => ({ name, at, type, init, owner })) : [],
  );
  const variables = facts.bindings.filter(
    (it) => it.isTopLevel === true && /^(?:const|variable)$/.test(it.kind),
  );
  return [...fields, ...variables].filter(
    ({ name, type, init }) => isCollection(type, init) && !passing.test(name),
  );
});

function isCollection(type: TypeExpr | undefined, init: Expr | undefined): boolean {
  if (!init) return false;
  if (init.kind === 'new')
    return init.callee.kind === 'name' && /^(?:Map|Set)$/.test(init.callee.name) && !holdsFunctions(type);
  return (
    init.kind === 'object' && init.entries.length === 0 && type?.kind === 'ref' && type.name === 'Record'
  );
}

function holdsFunctions(type: TypeExpr | undefined): boolean {
  return type?.kind === 'ref' && type.args.some((it) => it.kind === 'function');
}

type Use = 'put' | 'ask' | 'drop';

function usesIn(
  { bindings }: FileFacts,
  functions: readonly FunctionFact[],
  { name, isField }: { readonly name: string; readonly isField: boolean },
): ReadonlySet<Use> {
  const uses = new Set<Use>();
  const isIt = (it: Expr): boolean =>
    isField
      ? it.kind === 'member' && it.name === name && it.object.kind === 'this'
      : it.kind === 'name' && it.name === name;
  for (const action of functions.flatMap((it) => actionsIn(it.body))) {
    const put = putInto(action);
    const taken = put?.kind === 'name' && put.binding !== undefined ? bindings[put.binding]?.init : undefined;
    // `saga.state = 'paid'` of `const saga = sagas.get(id)` puts it there as well.
    if (put && (isIt(put) || (taken && asks(taken, isIt)))) uses.add('put');
    else if (isDropped(action, isIt)) uses.add('drop');
    else if (exprsOf(action).some((it) => asks(it, isIt))) uses.add('ask');
  }
  // `const saga = sagas[id];` is no action.
  const isAsked = bindings.some(
    ({ at, init }) =>
      init !== undefined &&
      functions.some(({ span }) => span.start <= at.start && at.end <= span.end) &&
      asks(init, isIt),
  );
  return isAsked ? uses.add('ask') : uses;
}

/** `states.set(id, …)`, `states.add(id)`, `states[id] = …`. */
function putInto(action: Action): Expr | undefined {
  if (action.kind === 'assign') return action.target.kind === 'member' ? action.target.object : undefined;
  const callee = action.kind === 'call' ? action.call.callee : undefined;
  return callee?.kind === 'member' && /^(?:set|add)$/.test(callee.name) ? callee.object : undefined;
}

/** `states.delete(id)`. */
function isDropped(action: Action, isIt: (it: Expr) => boolean): boolean {
  const callee = action.kind === 'call' ? action.call.callee : undefined;
  return callee?.kind === 'member' && callee.name === 'delete' && isIt(callee.object);
}

/** `states.get(id)`, `states.has(id)`, `states[id]`; what is only deleted is not asked for. */
function asks(expr: Expr, isIt: (it: Expr) => boolean): boolean {
  if (expr.kind === 'member' && isIt(expr.object)) return expr.name !== 'delete';
  return partsOf(expr).some((it) => asks(it, isIt));
}
