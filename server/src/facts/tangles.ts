// Functions of a file that all lead to each other. What each of them does is what all of them do, and working it out for each takes
// the product of functions and calls: where that is too much, a call from one to another is not followed. It counts, and looks at
// names alone: the same text gives the same answer.
import type { CallAction } from './actions.ts';
import type { FileFacts, FunctionFact } from './facts.ts';
import { once } from './once.ts';
import { callsIn } from './walk.ts';

/** Functions that lead to each other, and the calls by which they do. */
interface Tangle {
  readonly functions: [FunctionFact, ...FunctionFact[]];
  readonly calls: CallAction[];
}

type Functions = Pick<FileFacts, 'functions'>;

/** Functions times calls: a second's work. Parsers, printers and the like have more, and handle no events. */
const mostFollowed = 20_000;
/** A name that more functions have says nothing about which one runs. */
const mostNamesakes = 6;

/** What of a file is too much to be followed. */
export const tanglesIn = once(({ functions }: Functions): readonly Tangle[] => {
  const calls = functions.reduce((sum, it) => sum + callsIn(it.body).length, 0);
  return isTooMuch(functions.length, calls) ? tanglesOf(functions).filter(isTangled) : [];
});

/** Where the names of the calls stand that are not followed. */
export const unfollowedIn = once((facts: Functions): ReadonlySet<number> => {
  return new Set(tanglesIn(facts).flatMap((it) => it.calls.map(({ call }) => call.at.start)));
});

function isTooMuch(functions: number, calls: number): boolean {
  return functions * calls > mostFollowed;
}

function isTangled({ functions, calls }: Tangle): boolean {
  return isTooMuch(functions.length, calls.length);
}

/** A call that may run another function of the file; or none where the other stands inside of the first one. */
interface Edge {
  readonly to: FunctionFact;
  readonly call?: CallAction;
}

type Graph = ReadonlyMap<FunctionFact, readonly Edge[]>;

function tanglesOf(functions: readonly FunctionFact[]): readonly Tangle[] {
  const graph = graphOf(functions);
  const circles = circlesOf(graph);
  const tangles = new Map<FunctionFact, Tangle>();
  for (const [fn, edges] of graph) {
    const first = circles.get(fn) ?? fn;
    const known = tangles.get(first);
    if (known) known.functions.push(fn);
    const tangle: Tangle = known ?? { functions: [fn], calls: [] };
    tangles.set(first, tangle);
    for (const { to, call } of edges)
      if (call && to !== fn && circles.get(to) === first) tangle.calls.push(call);
  }
  return [...tangles.values()];
}

function graphOf(functions: readonly FunctionFact[]): Graph {
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
    for (const call of callsIn(fn.body))
      for (const to of calledBy(fn, call, named)) graph.get(fn)?.push({ to, call });
  }
  return graph;
}

/** By their names: `charge(…)`, `this.charge(…)`, `payments.charge(…)`, `new Payments(…)`. */
function calledBy(
  { owner }: FunctionFact,
  { call: { callee } }: CallAction,
  named: ReadonlyMap<string, readonly FunctionFact[]>,
): readonly FunctionFact[] {
  if (callee.kind !== 'name' && callee.kind !== 'member') return [];
  const namesakes = named.get(callee.name) ?? [];
  const isOwn = callee.kind === 'member' && callee.object.kind === 'this';
  const own = isOwn ? namesakes.filter((it) => it.owner === owner) : [];
  if (own.length > 0) return own;
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
