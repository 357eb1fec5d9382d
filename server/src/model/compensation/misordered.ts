// Compensations that run in the order of the steps: the first is undone while what was built on it still stands.
import type { Action, TryAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { oncePerPlace } from '../../facts/once.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { saidOfSagas } from '../incremental/about.ts';
import type { EventModel, SagaNode, StepNode, Undoing } from '../model.ts';
import { orderOf } from './backOrder.ts';
import { backRunsOf, baseOf, type BackRun } from './backRuns.ts';

/** A list that is gone through from its start. */
export interface ForwardRun {
  readonly kind: 'list';
  readonly run: BackRun;
  readonly at: Span;
  readonly name: string;
}
/** Two compensations that stand one after the other as their steps do. */
export interface ForwardPair {
  readonly kind: 'calls';
  readonly file: FilePath;
  readonly first: { readonly step: StepNode; readonly undoing: Undoing };
  readonly second: { readonly step: StepNode; readonly undoing: Undoing };
  /** All that the catch takes back, in the order of the text. */
  readonly all: readonly Span[];
}

/** Of each pair the order is looked at. In a saga of ten steps there are some thirty. */
const mostCompared = 300;

/** All places where compensations run in the order of the steps, one after the other. */
export function* misorderedRuns(model: EventModel): Iterable<ForwardRun | ForwardPair> {
  const orderIn = model.keeper.keep('order of a run back', (_, run: BackRun) => orderOf(model, run));
  for (const run of backRunsOf(model)) {
    const base = baseOf(run.list);
    if (!base || !isOneByOne(run) || orderIn(run.fn.file, run) !== 'forward') continue;
    yield { kind: 'list', run, at: base.at, name: base.name };
  }
  for (const { said } of saidOfSagas(model, 'steps taken back in their order', (it) =>
    forwardPair(model, it),
  ))
    yield said;
}

/** What `map` or an async `forEach` starts runs at the same time. */
function isOneByOne({ way, action, fn }: BackRun): boolean {
  if (way === 'map') return false;
  return way !== 'forEach' || (!fn.fact.isAsync && action.settled !== 'awaited');
}

/** The first two compensations of one catch, or of one function that takes back, that follow each other as their steps do. */
function forwardPair(model: EventModel, { file, fact, steps }: SagaNode): readonly ForwardPair[] {
  const facts = model.files.get(file);
  const fn = fact.function === undefined ? undefined : facts?.functions[fact.function];
  if (!facts || !fn) return [];
  const homeAt = oncePerPlace((at) => homeOf(facts, at));
  const aroundAt = oncePerPlace((at) => catchAround((homeAt(at) ?? fn).body, at.start));
  const all = steps.flatMap((step) =>
    // A status that is set takes nothing back that another step was built on.
    step.undoing
      .filter((it) => it.known === 'always' && it.isRow !== true && it.file === file)
      .filter((it) => isAwaited(model, file, it.at))
      .map((undoing) => ({ step, undoing, home: homeAt(undoing.at), around: aroundAt(undoing.at) })),
  );
  const placed = all.slice(0, mostCompared);
  for (const [index, first] of placed.entries()) {
    const { body } = first.home ?? fn;
    for (const second of placed.slice(index + 1)) {
      if (first.around !== second.around || first.step === second.step || first.home !== second.home)
        continue;
      const [from, to] = [first.undoing.at.start, second.undoing.at.start];
      if (mayFollow(body, from, to) && mayFollow(fn.body, first.step.at.start, second.step.at.start))
        return [{ kind: 'calls', file, first, second, all: together(placed, first) }];
    }
  }
  return [];
}

/** The function that a place stands in, callbacks in it included. */
function homeOf({ functions }: FileFacts, at: Span): FunctionFact | undefined {
  return functions.find(
    ({ kind, outer, span }) =>
      kind !== 'module' &&
      (outer === undefined || functions[outer]?.kind === 'module') &&
      span.start <= at.start &&
      at.end <= span.end,
  );
}

interface PlacedUndoing {
  readonly undoing: Undoing;
  readonly home: FunctionFact | undefined;
  /** The try whose catch it stands in. */
  readonly around: TryAction | undefined;
}

function together(placed: readonly PlacedUndoing[], first: PlacedUndoing): readonly Span[] {
  const body = first.home?.body ?? [];
  const offset = first.undoing.at.start;
  return placed
    .filter((it) => it.home === first.home && it.around === first.around)
    .map((it) => it.undoing.at)
    .filter(
      (it) => it.start === offset || mayFollow(body, it.start, offset) || mayFollow(body, offset, it.start),
    )
    .toSorted((a, b) => a.start - b.start);
}

/** The innermost try whose catch holds a place. */
function catchAround(body: readonly Action[], offset: number): TryAction | undefined {
  const around = [...actionsIn(body)].filter(
    (it) =>
      it.kind === 'try' &&
      [...callsIn(it.handler ?? [])].some(({ call }) => call.span.start <= offset && offset < call.span.end),
  );
  const last = around.at(-1);
  return last?.kind === 'try' ? last : undefined;
}

function isAwaited(model: EventModel, file: FilePath, at: Span): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  return functions.some(({ body }) =>
    [...callsIn(body)].some((it) => it.call.at.start === at.start && it.settled === 'awaited'),
  );
}
