// Streams of events (RxJS) that end with the first error: a throw inside the stream reaches nobody who would start it again.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { dangerIn, isFromRxjs, nameOf, type Danger } from './streamDangers.ts';

/** A part of a stream whose failure ends the whole stream. */
export interface FragilePart {
  readonly fn: FunctionNode;
  /** The operator: `mergeMap`. */
  readonly at: Span;
  readonly operator: string;
  /** The NestJS saga, or what the stream is read from. */
  readonly stream: string;
  readonly isSaga: boolean;
  readonly danger: Danger;
  /** The operator takes streams or promises, and joins them. */
  readonly isInner: boolean;
  /** Its function is written where it is handed over. */
  readonly isInline: boolean;
}

const flattening = /^(?:mergeMap|flatMap|switchMap|concatMap|exhaustMap|mergeScan|switchScan|expand)$/;
const projecting =
  /^(?:map|tap|filter|scan|reduce|pairwise|takeWhile|groupBy|distinctUntilChanged|distinct|find|every)$/;
/** What starts the stream again after an error; events that come meanwhile are all that is lost. */
const restarting = /^(?:retry|retryWhen|repeat)$/;
const userInterfaces = /^(?:@angular\/|@ngrx\/|@ngneat\/|react|vue|rxjs\/ajax|redux-observable|@ionic\/)/;
const eventSource =
  /^(?:_?(?:domain|integration|application)?_?events?\$?|.*(?:event_?bus|event_?stream|events?\$|message_?bus))\$?$/i;

/** All fragile parts of all streams. */
export function fragileParts(model: EventModel): readonly FragilePart[] {
  return saidOfFiles(model, 'fragile streams', (facts) => fragileIn(model, facts));
}

function* fragileIn(model: EventModel, facts: FileFacts): Iterable<FragilePart> {
  const { file } = facts;
  const subscribing = indexOf(facts).calls.get('subscribe') ?? [];
  if (subscribing.length + facts.sagas.length === 0) return;
  if (facts.imports.some((it) => userInterfaces.test(it.from))) return;
  for (const saga of facts.sagas) {
    const fact =
      saga.form === 'stream' && saga.function !== undefined ? facts.functions[saga.function] : undefined;
    if (fact) yield* partsOf(model, { file, fact }, pipesIn(fact), { stream: saga.name, isSaga: true });
  }
  for (const { fn: fact, action } of subscribing) {
    const stream = subscribed(model, { file, fact }, action);
    if (stream) yield* partsOf(model, { file, fact }, stream.pipes, { stream: stream.name, isSaga: false });
  }
}

/** The pipes that a saga is made of, outside of what it hands to operators. */
function pipesIn(fact: FunctionFact): readonly CallExpr[] {
  return [...callsIn(fact.body)].flatMap(({ call }) => (nameOf(call.callee) === 'pipe' ? [call] : []));
}

interface Subscribed {
  readonly name: string;
  readonly pipes: readonly CallExpr[];
}

/** `this.eventBus.ofType(OrderPlaced).pipe(…).subscribe(…)`. */
function subscribed(model: EventModel, fn: FunctionNode, { call }: CallAction): Subscribed | undefined {
  if (call.callee.kind !== 'member' || call.callee.name !== 'subscribe') return undefined;
  const pipes: CallExpr[] = [];
  let source: Expr = call.callee.object;
  let isOfType = false;
  while (source.kind === 'call' && source.callee.kind === 'member') {
    isOfType ||= source.callee.name === 'ofType' || source.args.some(isOfTypeCall);
    if (source.callee.name === 'pipe') pipes.unshift(source);
    source = source.callee.object;
  }
  const name = nameOf(source);
  const owner = source.kind === 'member' ? nameOf(source.object) : '';
  const isEvents =
    isOfType || eventSource.test(name) || eventSource.test(owner) || isForeignBus(model, fn, source);
  return isEvents && pipes.length > 0 ? { name, pipes } : undefined;
}

function isOfTypeCall(expr: Expr): boolean {
  return expr.kind === 'call' && nameOf(expr.callee) === 'ofType';
}

function isForeignBus({ program }: EventModel, { file }: FunctionNode, source: Expr): boolean {
  return program.foreignTypeOf(file, source)?.name === 'EventBus';
}

function* partsOf(
  model: EventModel,
  fn: FunctionNode,
  pipes: readonly CallExpr[],
  of: Pick<FragilePart, 'stream' | 'isSaga'>,
): Iterable<FragilePart> {
  const operators = pipes.flatMap((it) => it.args);
  for (const [index, operator] of operators.entries()) {
    if (operator.kind !== 'call') continue;
    const name = nameOf(operator.callee);
    const isInner = flattening.test(name);
    if ((!isInner && !projecting.test(name)) || !isFromRxjs(model, fn.file, operator.callee)) continue;
    const [projection] = operator.args;
    if (!projection || operators.slice(index + 1).some((it) => restarts(model, fn, it))) continue;
    const danger = dangerIn(model, fn, projection, isInner ? 'inner' : 'plain');
    if (danger)
      yield {
        fn,
        at: operator.at,
        operator: name,
        danger,
        isInner,
        isInline: projection.kind === 'function',
        ...of,
      };
  }
}

/** `retry()`, or `catchError((error, caught) => caught)`, which gives the stream itself again. */
function restarts({ files }: EventModel, { file }: FunctionNode, operator: Expr): boolean {
  if (operator.kind !== 'call') return false;
  const name = nameOf(operator.callee);
  if (restarting.test(name)) return true;
  const [handler] = operator.args;
  const fact = handler?.kind === 'function' ? files.get(file)?.functions[handler.function] : undefined;
  return name === 'catchError' && (fact?.parameters.length ?? 0) > 1;
}
