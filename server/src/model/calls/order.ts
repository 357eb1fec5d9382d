// Whether one place of a body can come after another in one run: not from the other branch, not behind a return.
import type { Action } from '../../facts/actions.ts';
import { once } from '../../facts/once.ts';
import { branchesOf, callsIn } from '../../facts/walk.ts';

/** Where an action stands: the list, its index there, and which branch of it leads on. */
interface Frame {
  readonly list: readonly Action[];
  readonly index: number;
  readonly branch: number;
}

/** Whether what starts at `then` may run after what starts at `first` in the same run of a body. Offsets; loops count as run once. */
export function mayFollow(body: readonly Action[], first: number, then: number): boolean {
  const from = framesTo(body, first);
  const to = framesTo(body, then);
  for (let depth = 0; depth < Math.min(from.length, to.length); depth += 1) {
    const [a, b] = [from[depth], to[depth]];
    if (!a || !b) break;
    if (a.index !== b.index) return a.index < b.index && !leaves(from.slice(depth + 1));
    if (a.branch !== b.branch) return a.list[a.index]?.kind === 'try' && a.branch < b.branch;
  }
  return first < then;
}

/** `if (!user) { announce(id); throw new NotFound(); }`: the branch that a call stands in and that ends with a throw. */
export function branchToThrow(body: readonly Action[], at: number): readonly Action[] | undefined {
  return framesTo(body, at)
    .slice(1)
    .find(({ list }) => list.at(-1)?.kind === 'throw')?.list;
}

/** Whether what starts at an offset stands in a list of actions, however deep. */
export function standsIn(list: readonly Action[], at: number): boolean {
  return framesTo(list, at).length > 0;
}

/** `Promise.allSettled([track(order), announce(order)])`: whether two calls are started with nothing that is waited for between them. */
export function startTogether(body: readonly Action[], one: number, other: number): boolean {
  const calls = callsIn(body);
  const [from, to] = [one, other].map((at) => calls.findIndex((it) => it.call.at.start === at));
  if (from === undefined || to === undefined || from < 0 || to < 0) return false;
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const isCollected = [first, last].every((it) => calls[it]?.settled === 'collected');
  return isCollected && calls.slice(first + 1, last).every((it) => it.settled !== 'awaited');
}

/** Whether two places are cases of one switch in a loop, the first before the second: a machine that goes from state to state. */
export function takesTurns(body: readonly Action[], first: number, then: number): boolean {
  const parting = casesOf(body, first, then);
  return parting !== undefined && parting.isInLoop && parting.branches[0] < parting.branches[1];
}

/** Whether two places are cases of one switch that is run once: the one or the other. */
export function areAlternatives(body: readonly Action[], one: number, other: number): boolean {
  return casesOf(body, one, other)?.isInLoop === false;
}

/** Whether one run of a body comes to one of two places at most: cases of a switch, branches of an `if`, one behind the other's return. */
export function neverBoth(body: readonly Action[], one: number, other: number): boolean {
  return !mayFollow(body, one, other) && !mayFollow(body, other, one);
}

/** The switch at which the ways to two places part. */
function casesOf(
  body: readonly Action[],
  one: number,
  other: number,
): { readonly isInLoop: boolean; readonly branches: readonly [number, number] } | undefined {
  const from = framesTo(body, one);
  const to = framesTo(body, other);
  const depth = from.findIndex(
    (it, index) =>
      it.list === to[index]?.list && it.index === to[index].index && it.branch !== to[index].branch,
  );
  const [a, b] = [from[depth], to[depth]];
  if (!a || !b || a.list[a.index]?.kind !== 'switch') return undefined;
  const isInLoop = from.slice(0, depth).some((it) => it.list[it.index]?.kind === 'loop');
  return { isInLoop, branches: [a.branch, b.branch] };
}

/** Of one body it is asked again and again. */
function framesTo(body: readonly Action[], offset: number): readonly Frame[] {
  const known = framesIn(body);
  const frames = known.get(offset) ?? lookedFor(body, offset);
  known.set(offset, frames);
  return frames;
}

const framesIn = once((_body: readonly Action[]) => new Map<number, readonly Frame[]>());

function lookedFor(list: readonly Action[], offset: number): readonly Frame[] {
  for (const [index, action] of list.entries()) {
    if (action.kind === 'call') {
      const { span } = action.call;
      if (span.start <= offset && offset < span.end) return [{ list, index, branch: 0 }];
      continue;
    }
    if (action.at.start === offset) return [{ list, index, branch: 0 }];
    for (const [branch, inner] of branchesOf(action).entries()) {
      const frames = lookedFor(inner, offset);
      if (frames.length > 0) return [{ list, index, branch }, ...frames];
    }
  }
  return [];
}

/** Whether every way on from the innermost frames returns or throws before it comes out of them. */
function leaves(frames: readonly Frame[]): boolean {
  return frames.some(({ list, index }) =>
    list.slice(index + 1).some((it) => it.kind === 'return' || it.kind === 'throw'),
  );
}
