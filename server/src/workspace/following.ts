// Which files the model needs: those that speak of events, and from there whatever a name leads to. A file that only has a
// trigger word is kept, but only its bases and providers are followed; and a barrel leads to what is asked of it alone.
import type { Expr, ObjectExpr, TypeExpr } from '../facts/expressions.ts';
import type { ExportFact, FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { callsIn, namesIn } from '../facts/walk.ts';
import { handlesCommands } from '../model/consumers/commandHandlers.ts';
import { declaresEvents } from '../model/events/events.ts';
import { indexOf, outlineOf } from '../model/fileIndex.ts';
import { provisions } from '../model/resolution/injection.ts';
import { entryOf } from '../model/resolution/values.ts';
import type { FilePath } from '../text.ts';

/** What is asked while names are followed. */
export interface Sources {
  /** The facts of a file; it is extracted when it was not yet. */
  readonly factsOf: (file: FilePath) => FileFacts | undefined;
  readonly textOf: (file: FilePath) => string | undefined;
  readonly resolve: (from: FilePath, specifier: string) => FilePath | undefined;
}

export interface Reached {
  /** Every file that the model needs. */
  readonly facts: ReadonlyMap<FilePath, FileFacts>;
  /** Files that were asked and not read further, and for which names: lists that the files behind one barrel share. */
  readonly passed: ReadonlyMap<FilePath, ReadonlySet<ReadonlySet<string>>>;
}

/** No chain of modules that hand on what others export is longer. */
const longestChain = 500;

/** Of a text that was only asked whether it hands on what others export. */
const none: ReadonlySet<string> = new Set();

/** Follows names from the files that have trigger words, step by step. */
export function* follow(
  triggered: ReadonlyMap<FilePath, FileFacts>,
  sources: Sources,
): Generator<void, Reached> {
  const found = new Map(triggered);
  const wide = new Set<FileFacts>();
  const passed = new Map<FilePath, Set<ReadonlySet<string>>>();
  const namesAsked = new Map<FilePath, Set<string>>();
  const noteName = (file: FilePath, name: string): ReadonlySet<string> => {
    const names = namesAsked.get(file) ?? new Set();
    namesAsked.set(file, names.add(name));
    return names;
  };
  const pass = (file: FilePath, names: ReadonlySet<string>): void => {
    passed.set(file, (passed.get(file) ?? new Set()).add(names));
  };
  const asked = new Map<string, boolean>();
  /** Asked in vain on the way that is taken just now. */
  const denied = new Set<string>();
  const starred = new Map<FilePath, boolean>();
  const hasStars = (file: FilePath, text: string): boolean => {
    const known = starred.get(file) ?? hasStar(text);
    starred.set(file, known);
    return known;
  };

  const widen = (facts: FileFacts): void => {
    found.set(facts.file, facts);
    wide.add(facts);
  };
  const named = (file: FilePath | undefined, name: string, around: readonly string[] = []): boolean => {
    if (file === undefined) return false;
    const key = `${file}\0${name}`;
    const before = asked.get(key);
    // Modules may import each other in a circle.
    if (before !== undefined || denied.has(key) || around.includes(key)) return before ?? false;
    if (around.length > longestChain) return false;
    const facts = sources.factsOf(file);
    const isThere = facts !== undefined && leads(facts, name, [...around, key]);
    if (isThere) found.set(file, facts);
    else pass(file, noteName(file, name));
    // Inside of a circle "no" may only be said because the way led back to what is not answered yet.
    if (isThere) {
      denied.clear();
      asked.set(key, true);
    } else denied.add(key);
    if (around.length === 0) {
      for (const it of denied) asked.set(it, false);
      denied.clear();
    }
    return isThere;
  };
  const leads = (facts: FileFacts, name: string, around: readonly string[]): boolean => {
    const { file } = facts;
    if (name === '*') return everythingOf(facts, around);
    const { imports, exports, stars, types, topLevel, functions } = indexOf(facts);
    const entry = exports.get(name);
    if (entry?.from !== undefined) return named(sources.resolve(file, entry.from), entry.local, around);
    const local = entry?.local ?? name;
    const imported = imports.get(local);
    if (imported) return named(sources.resolve(file, imported.from), imported.name, around);
    if (types.has(local) || topLevel.has(local) || functions.has(local)) {
      widen(facts);
      return true;
    }
    const names = stars.length > 0 ? noteName(file, name) : undefined;
    return names !== undefined && stars.some((it) => isBehind(facts, it, { name, names }, around));
  };
  const isBehind = (
    facts: FileFacts,
    { from }: ExportFact,
    { name, names }: { readonly name: string; readonly names: ReadonlySet<string> },
    around: readonly string[],
  ): boolean => {
    const target = from === undefined ? undefined : sources.resolve(facts.file, from);
    const text = target === undefined ? undefined : sources.textOf(target);
    if (target === undefined || text === undefined) return false;
    if (text.includes(name) || hasStars(target, text)) return named(target, name, around);
    pass(target, names);
    return false;
  };
  const everythingOf = (facts: FileFacts, around: readonly string[]): boolean => {
    widen(facts);
    for (const { name, local, from } of facts.exports) {
      if (from !== undefined) named(sources.resolve(facts.file, from), name === '*' ? '*' : local, around);
    }
    return true;
  };

  const importsEvents = (facts: FileFacts): boolean =>
    facts.imports.some(
      ({ name, from }) => /[a-z]Event$/.test(name) && sources.resolve(facts.file, from) !== undefined,
    );
  // `@Topic(…)` may be the workspace's own name for a library's decorator.
  const isDecoratedByOwn = (facts: FileFacts): boolean =>
    facts.functions.some(({ decorators }) =>
      decorators.some(({ from }) => {
        const target = from === undefined ? undefined : sources.resolve(facts.file, from);
        if (target === undefined || triggered.has(target)) return target !== undefined;
        pass(target, none);
        return hasStars(target, sources.textOf(target) ?? '');
      }),
    );
  const registrars = new Set([...triggered.values()].flatMap((it) => [...registrarsIn(it)]));
  const registers = (facts: FileFacts): boolean => [...handlingCalls(facts)].some((it) => registrars.has(it));
  for (const facts of triggered.values()) {
    if (speaksOfEvents(facts) || importsEvents(facts) || isDecoratedByOwn(facts) || registers(facts))
      wide.add(facts);
    else for (const it of essentialNames(facts)) follows(facts, it);
    yield;
  }
  function follows(facts: FileFacts, local: string): void {
    const imported = indexOf(facts).imports.get(local);
    if (imported) named(sources.resolve(facts.file, imported.from), imported.name);
  }
  // A set gives what is put in while it is walked: so imports of imports are followed too.
  for (const facts of wide) {
    for (const { from, name } of facts.imports) named(sources.resolve(facts.file, from), name);
    yield;
  }
  // In the order in which they are linked.
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return { facts: new Map(sorted), passed };
}

/** Whether a text that was asked in vain for names, and never read further, answers as it did before. */
export function isPassedAgain(before: string, now: string, asked: ReadonlySet<ReadonlySet<string>>): boolean {
  if (hasStar(before) !== hasStar(now)) return false;
  return [...asked].every((names) => [...names].every((it) => before.includes(it) === now.includes(it)));
}

function hasStar(text: string): boolean {
  return /export\s*\*/.test(text);
}

/** What of a file decides where `follow` goes from it: equal ways lead to the same files. */
export const wayOf = once((facts: FileFacts): string =>
  JSON.stringify([
    outlineOf(facts),
    facts.functions.map((it) => it.decorators.map(({ from }) => from)),
    speaksOfEvents(facts) || [[...essentialNames(facts)], [...handlingCalls(facts)]],
    [...registrarsIn(facts)],
  ]),
);

/** Whether a file says something about events: declares, publishes or handles one, does what a command asks, or runs a saga. */
const speaksOfEvents = once((facts: FileFacts): boolean => {
  if (facts.consumers.length > 0 || facts.sagas.length > 0) return true;
  if (declaresEvents(facts) || handlesCommands(facts)) return true;
  if ([...indexOf(facts).calls.keys()].some((it) => handsOver.test(it))) return true;
  return facts.functions.some(({ body }) =>
    [...callsIn(body)].some(({ roles }) => roles.some((it) => messaging.has(it.kind))),
  );
});

const messaging: ReadonlySet<string> = new Set(['publish', 'ack', 'queue']);

/** What a function of another file may be called that publishes what it is handed: `this.sendEvent(event, 'order.placed')`. */
const handsOver =
  /^(?:publish|emit|produce|announce)(?=$|[A-Z])|^(?:send|raise|broadcast|enqueue|dispatch(?!Event$))\w*(?:Event|Message)s?(?=$|[A-Z])/;

/**
 * Functions by which other files register handlers: `consumer(queue, callback)` of a class around a client of a broker, or
 * `register(name, handler)` that puts them into its table.
 */
const registrarsIn = once((facts: FileFacts): ReadonlySet<string> => {
  const { consumers, functions, bindings } = facts;
  if (consumers.length === 0) return new Set();
  const keys = (indexOf(facts).calls.get('set') ?? []).flatMap(({ action }) => action.call.args.slice(0, 1));
  const run = consumers.flatMap(({ events, handler }) =>
    events.length > 0 ? [] : typeof handler === 'number' ? calledIn(facts, handler) : [handler],
  );
  const said = [...consumers.flatMap((it) => it.events), ...keys, ...run];
  const named = said.flatMap((it) => [...namesIn(it)]);
  // Who calls it says which event is meant.
  const handed = named.flatMap(({ binding }) => (binding === undefined ? [] : (bindings[binding] ?? [])));
  const names = handed.flatMap((it) =>
    it.kind === 'parameter' && it.function !== undefined ? (functions[it.function]?.name ?? []) : [],
  );
  return new Set(names.filter((it) => registering.test(it)));
});

/** `consume(callback) { this.consumer.on('message', (message) => callback(message)); }`: who calls it says who takes what comes. */
function calledIn({ functions }: FileFacts, handler: number): readonly Expr[] {
  return [...callsIn(functions[handler]?.body ?? [])].map((it) => it.call.callee);
}

/** The calls of a file that may register a handler, by the name of what is called. */
const handlingCalls = once(
  (facts: FileFacts): ReadonlySet<string> =>
    new Set([...indexOf(facts).calls.keys()].filter((it) => registering.test(it)).sort()),
);

const registering =
  /consum|subscri|listen|handl|regist|receiv|process|work|watch|route|bind|^(?:add|on)[A-Z]/i;

/** Names by which a file that says nothing itself ties others together: bases of types, and classes that a container provides. */
const essentialNames = once((facts: FileFacts): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const it of facts.types) {
    for (const base of [...it.bases, ...it.implements]) addType(names, base);
  }
  for (const [, given] of provisions(facts))
    if (given?.kind === 'object' && entryOf(given, 'provide')) addProvided(names, facts, given);
  return names;
});

function addType(names: Set<string>, type: TypeExpr): void {
  if (type.kind !== 'ref' && type.kind !== 'typeof') return;
  names.add(type.name.split('.')[0] ?? type.name);
  if (type.kind === 'ref') for (const it of type.args) addType(names, it);
}

/** `{ provide: PAYMENTS, useClass: StripePayments }`, `useValue: { take: (total) => post(total) }`. */
function addProvided(names: Set<string>, facts: FileFacts, { entries }: ObjectExpr): void {
  for (const { value } of entries) {
    if (value.kind === 'name') names.add(value.name);
    if (value.kind === 'object') addProvided(names, facts, value);
    if (value.kind === 'function') addUsed(names, facts, value.function);
  }
}

/** What a factory makes, and what the functions that a container gives call. */
function addUsed(names: Set<string>, facts: FileFacts, fn: number): void {
  const body = facts.functions[fn]?.body ?? [];
  const made = body.findLast((it) => it.kind === 'return')?.value;
  if (made?.kind === 'new' && made.callee.kind === 'name') names.add(made.callee.name);
  if (made?.kind === 'object') addProvided(names, facts, made);
  for (const { call } of callsIn(body)) addRoot(names, call.callee);
}

function addRoot(names: Set<string>, callee: Expr): void {
  if (callee.kind === 'member') addRoot(names, callee.object);
  if (callee.kind === 'name') names.add(callee.name);
}
