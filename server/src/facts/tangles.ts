// Functions of a file that all lead to each other. What each of them does is what all of them do, and working it out for each takes
// the product of functions and calls: where that is too much, none of these is followed to another. It counts, and looks at names
// alone: the same text gives the same answer.
import type { Expr } from './expressions.ts';
import type { FileFacts, FunctionFact } from './facts.ts';
import { once } from './once.ts';
import { callsIn } from './walk.ts';

/** Functions that lead to each other. */
interface Tangle {
  readonly functions: [FunctionFact, ...FunctionFact[]];
  /** Where the names stand by which they do: of what is called, or handed to what is called. */
  readonly names: Set<number>;
}

type Functions = Pick<FileFacts, 'functions' | 'bindings'>;

/** Functions times the names by which they lead to each other: a second's work. Parsers, printers and the like have more, and handle no events. */
const mostFollowed = 20_000;
const mostNamesakes = 6;

/** What of a file is too much to be followed. */
export const tanglesIn = once((facts: Functions): readonly Tangle[] => {
  const { functions } = facts;
  const names = functions
    .flatMap(({ body }) => callsIn(body))
    .reduce((sum, it) => sum + 1 + it.call.args.length, 0);
  return isTooMuch(functions.length, names) ? tanglesOf(facts).filter(isTangled) : [];
});

/** Where the names stand that are not followed to other functions of the file. */
export const unfollowedIn = once((facts: Functions): ReadonlySet<number> => {
  return new Set(tanglesIn(facts).flatMap((it) => [...it.names]));
});

function isTooMuch(functions: number, names: number): boolean {
  return functions * names > mostFollowed;
}

function isTangled({ functions, names }: Tangle): boolean {
  return isTooMuch(functions.length, names.size);
}

/** Where the name of another function stands; or nothing where that stands inside of the first one. */
interface Edge {
  readonly to: FunctionFact;
  readonly at?: number;
}

type Graph = ReadonlyMap<FunctionFact, readonly Edge[]>;

function tanglesOf(facts: Functions): readonly Tangle[] {
  const graph = graphOf(facts);
  const circles = circlesOf(graph);
  const tangles = new Map<FunctionFact, Tangle>();
  for (const [fn, edges] of graph) {
    const first = circles.get(fn) ?? fn;
    const known = tangles.get(first);
    if (known) known.functions.push(fn);
    const tangle: Tangle = known ?? { functions: [fn], names: new Set() };
    tangles.set(first, tangle);
    for (const { to, at } of edges)
      if (at !== undefined && to !== fn && circles.get(to) === first) tangle.names.add(at);
  }
  return [...tangles.values()];
}

function graphOf(facts: Functions): Graph {
  const { functions } = facts;
  const named = new Map<string, FunctionFact[]>();
  for (const it of functions) {
    const name = it.kind === 'constructor' ? (it.owner ?? '') : it.name;
    const namesakes = named.get(name);
    if (namesakes) namesakes.push(it);
    else named.set(name, [it]);
  }
  const graph = new Map<FunctionFact, Edge[]>(functions.map((it) => [it, []]));
  for (const fn of functions) {
    const outer = fn.outer === undefined ? undefined : functions[fn.outer];
    if (outer && outer.kind !== 'module') graph.get(outer)?.push({ to: fn });
    const names = callsIn(fn.body).flatMap(({ call }) => [call.callee, ...call.args]);
    for (const it of names)
      for (const to of meantBy(facts, fn, it, named)) graph.get(fn)?.push({ to, at: it.at.start });
  }
  return graph;
}

/** By their names: `charge` of a function, `this.charge`, `payments.charge`, `Payments` of a constructor. */
function meantBy(
  { bindings }: Functions,
  { owner }: FunctionFact,
  expr: Expr,
  named: ReadonlyMap<string, readonly FunctionFact[]>,
): readonly FunctionFact[] {
  if (expr.kind !== 'name' && expr.kind !== 'member') return [];
  const namesakes = named.get(expr.name) ?? [];
  if (expr.kind === 'name') {
    const isOther = expr.binding !== undefined && bindings[expr.binding]?.kind === 'import';
    return isOther ? [] : few(namesakes.filter((it) => it.kind === 'constructor' || it.owner === undefined));
  }
  const isOwn = expr.object.kind === 'this' && expr.object.isSuper !== true;
  const own = isOwn ? namesakes.filter((it) => it.owner === owner) : [];
  return own.length > 0 ? own : few(namesakes);
}

/** A name that many functions have says nothing about which one runs. */
function few(namesakes: readonly FunctionFact[]): readonly FunctionFact[] {
  return namesakes.length <= mostNamesakes ? namesakes : [];
}

/** Each with the first of those that lead to it and to which it leads (Kosaraju, Sharir). Nothing nests: chains may be long. */
function circlesOf(graph: Graph): ReadonlyMap<FunctionFact, FunctionFact> {
  const callers = new Map<FunctionFact, FunctionFact[]>([...graph.keys()].map((it) => [it, []]));
  for (const [from, edges] of graph) for (const { to } of edges) callers.get(to)?.push(from);
  const circles = new Map<FunctionFact, FunctionFact>();
  for (const first of finishing(graph).reverse()) {
    const open = [first];
    for (let it = open.pop(); it; it = open.pop()) {
      if (circles.has(it)) continue;
      circles.set(it, first);
      open.push(...(callers.get(it) ?? []));
    }
  }
  return circles;
}

/** All functions, each after those to which it leads. */
function finishing(graph: Graph): FunctionFact[] {
  const seen = new Set<FunctionFact>();
  const finished: FunctionFact[] = [];
  const enter = (fn: FunctionFact): { fn: FunctionFact; left: FunctionFact[] } => {
    seen.add(fn);
    return { fn, left: (graph.get(fn) ?? []).map((it) => it.to) };
  };
  for (const first of graph.keys()) {
    const way = seen.has(first) ? [] : [enter(first)];
    for (let last = way.at(-1); last; last = way.at(-1)) {
      const next = last.left.pop();
      if (next === undefined) finished.push(last.fn);
      if (next === undefined) way.pop();
      else if (!seen.has(next)) way.push(enter(next));
    }
  }
  return finished;
}
