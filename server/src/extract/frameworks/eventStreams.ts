// Streams of events (RxJS) from which handlers take theirs: sagas of @nestjs/cqrs, `eventBus.ofType(OrderPlaced).subscribe(…)`.
// Actions of a store in a user interface come by the same words and are none of ours.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type ClassSite, type Framework } from './framework.ts';
import { callbackConsumer, handlerOf, mayHandle } from './messages.ts';

const cqrs = '@nestjs/cqrs';
const userInterfaces = ['@ngrx/', '@ngneat/', '@angular/', 'redux-observable', 'react', 'vue'];
const working = /^(?:map|mergeMap|switchMap|concatMap|exhaustMap|flatMap|tap)$/;
const bus = /event_?bus|event_?stream|^(?:_?domain)?_?events?\$?$/i;

export const eventStreams: Framework = {
  name: 'rxjs',
  triggers: ['Saga'],
  everydayTriggers: ['ofType'],
  consumers: subscribed,
  classes: sagas,
};

/** `this.eventBus.ofType(OrderPlaced).pipe(…).subscribe((event) => …)`. */
function subscribed(site: CallSite): readonly ConsumerFact[] {
  const { view, call } = site;
  const [callback] = call.args;
  if (site.name !== 'subscribe' || !site.receiver || !mayHandle(view, callback)) return [];
  const { events: chosen, source } = streamBehind(site.receiver);
  // Whoever subscribes to the bus itself takes all that is published on it.
  const isWhole = chosen.length === 0 && isFrom(view.originOf(source), [cqrs]);
  const events = isWhole ? [{ kind: 'string', value: '*', at: call.at } as const] : chosen;
  if (events.length === 0 || !isBus(view, source) || doesImport(view, userInterfaces)) return [];
  return [callbackConsumer(site, callback, { ...common(view), events })];
}

/** What a chain of calls takes out of which stream. */
function streamBehind(expr: Expr): { readonly events: readonly Expr[]; readonly source: Expr } {
  const events: Expr[] = [];
  let source = expr;
  while (source.kind === 'call' && source.callee.kind === 'member') {
    if (source.callee.name === 'ofType') events.push(...source.args);
    for (const operator of source.args) events.push(...typesIn(operator));
    source = source.callee.object;
  }
  return { events, source };
}

/** `ofType(OrderPlaced, OrderCancelled)`. */
function typesIn(operator: Expr): readonly Expr[] {
  const isOfType =
    operator.kind === 'call' && operator.callee.kind === 'name' && operator.callee.name === 'ofType';
  return isOfType ? operator.args : [];
}

function isBus(view: FileView, source: Expr): boolean {
  const origin = view.originOf(source);
  if (isFrom(origin, [cqrs])) return true;
  const name = source.kind === 'member' || source.kind === 'name' ? source.name : '';
  return bus.test(name) || bus.test(origin?.name ?? '');
}

function common(view: FileView): Pick<ConsumerFact, 'library' | 'transport' | 'eventParameter'> {
  const library = doesImport(view, [cqrs]) ? cqrs : 'rxjs';
  return { library, transport: 'in-process', eventParameter: 0 };
}

/** `@Saga() orderPlaced = (events$) => events$.pipe(ofType(OrderPlaced), map((event) => new ReserveStock(…)))`. */
function sagas({ view, type, methods }: ClassSite): readonly ConsumerFact[] {
  const marked = new Set(type.members.filter((it) => it.decorators?.some(isSaga)).map((it) => it.name));
  const streams = methods.filter((it) => marked.has(it.name) || it.decorators.some(isSaga));
  return streams.flatMap((fn) => [...callsIn(fn.body)].flatMap(({ call }) => taken(view, fn, call)));
}

function isSaga({ name }: { readonly name: string }): boolean {
  return name === 'Saga';
}

/** A `pipe` and what it works on; a stream that gives commands without a function of its own is the handler itself. */
function taken(view: FileView, fn: FunctionFact, { callee, args }: CallExpr): readonly ConsumerFact[] {
  const events = callee.kind === 'member' && callee.name === 'pipe' ? args.flatMap(typesIn) : [];
  if (events.length === 0) return [];
  const callbacks = args.flatMap((it) =>
    it.kind === 'call' && it.callee.kind === 'name' && working.test(it.callee.name)
      ? it.args.slice(0, 1)
      : [],
  );
  const work = callbacks.findLast((it) => mayHandle(view, it));
  const owner = fn.owner === undefined ? {} : { owner: fn.owner };
  const handler = work ? handlerOf(view, work) : fn.id;
  return [{ at: fn.at, name: fn.name, ...common(view), events, handler, ...owner }];
}
