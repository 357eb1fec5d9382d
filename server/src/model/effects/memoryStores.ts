// State that a program keeps in its own memory by an id: `const orders: Record<string, Order> = {}`, `new Map<string, Order>()`.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath, type Span } from '../../text.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { classAt } from '../resolution/values.ts';

/** How requests that change something come in. */
const changing = ['post', 'put', 'patch'];
const serving = /^(?:Post|Put|Patch|Mutation)$/;
const maxDepth = 3;

/** What waits for an answer, what is open, who asked to be told, what was seen already: its absence is no early message. */
const noState =
  /cache|pending|wait|parked|buffer|defer|postpon|(?<![a-z])re-?ordering|timer|timeout|socket|client|connection|channel|session|lock|seen|processed|handled|dedup|idempot|handler|listener|callback|hook|registr|subscri|resolver|request|config|setting|metric|count|stat(?:s|istics)$/i;

/** Whether a name says how often something was tried, unlike `entries` and `countries`. */
export function namesTries(name: string): boolean {
  return /attempt|retr(?:y|ies)|redeliver/i.test(name) || /(?:^|_)tries|Tries/.test(name);
}

/** Whether an expression is such a store, and another consumer or a web request of the program fills it. */
export function isMemoryStore(model: EventModel, file: FilePath, store: Expr, place: Span): boolean {
  const facts = model.files.get(file);
  const made = facts && madeAs(facts, store);
  const isMap = made?.kind === 'new' && made.callee.kind === 'name' && made.callee.name === 'Map';
  const isRecord = made?.kind === 'object' && made.entries.length === 0 && made.spreads.length === 0;
  if (!facts || (!isMap && !isRecord)) return false;
  return facts.functions.some(
    (it) =>
      !holds(place, it.span) &&
      !holds(it.span, place) &&
      fills(it.body, store) &&
      !isCopy(facts, it) &&
      isFed(model, { file, fact: it }, 0),
  );
}

/** What is read from a database, or kept while somebody is connected, is not there for another reason than an early message. */
function isCopy({ functions, bindings }: FileFacts, { body, span }: FunctionFact): boolean {
  const isRead = callsIn(body).some(({ roles }) => roles.some((it) => it.kind === 'read'));
  const around = functions.filter((it) => holds(it.span, span));
  const given = around.flatMap((it) => it.parameters.map((id) => bindings[id]?.name ?? ''));
  return isRead || given.some((it) => /^(?:socket|ws|conn(?:ection)?|peer)$/i.test(it));
}

/** Whether a function is, or is called by, the handler of a message or of a web request. */
function isFed(model: EventModel, fn: FunctionNode, depth: number): boolean {
  const { file, fact } = fn;
  const handles = model.consumers.some(
    ({ handler }) => handler?.file === file && holds(handler.fact.span, fact.span),
  );
  if (handles || fact.decorators.some((it) => serving.test(it.name)) || isOfRoute(model, fn)) return true;
  if (depth > maxDepth || fact.kind === 'module') return false;
  const outer = fact.name === '' ? [] : model.program.callersOf(fn);
  return outer.some(({ caller }) => isFed(model, caller, depth + 1));
}

/** `app.post('/orders', (request, response) => …)`. */
function isOfRoute({ files, program }: EventModel, { file, fact }: FunctionNode): boolean {
  const facts = files.get(file);
  const routes = facts ? changing.flatMap((it) => indexOf(facts).calls.get(it) ?? []) : [];
  return routes.some(({ action: { call } }) =>
    call.args.some((it) =>
      it.kind === 'function'
        ? it.function === fact.id
        : program.functionsOf(file, it).some((one) => one.fact === fact),
    ),
  );
}

function madeAs(facts: FileFacts, store: Expr): Expr | undefined {
  if (store.kind !== 'name' && store.kind !== 'member') return undefined;
  if (noState.test(store.name) || namesTries(store.name)) return undefined;
  if (store.kind === 'name') {
    const binding = facts.bindings[store.binding ?? -1];
    return binding?.isTopLevel ? binding.init : undefined;
  }
  if (store.object.kind !== 'this') return undefined;
  return classAt(facts, store.at.start)?.members.find((it) => it.name === store.name)?.init;
}

function fills(body: FileFacts['functions'][number]['body'], store: Expr): boolean {
  return eachAction(body).some((it) => {
    if (it.kind === 'assign')
      return itemOf(it.target) !== undefined && isSame(itemOf(it.target)?.store, store);
    if (it.kind !== 'call' || it.call.callee.kind !== 'member' || it.call.callee.name !== 'set') return false;
    return isSame(it.call.callee.object, store);
  });
}

/** `orders[event.orderId]`: the store and the id. */
export function itemOf(expr: Expr): { readonly store: Expr; readonly id: Expr } | undefined {
  if (expr.kind !== 'member' || expr.name !== '[]' || !expr.index) return undefined;
  return { store: expr.object, id: expr.index };
}

function isSame(one: Expr | undefined, other: Expr): boolean {
  if (one?.kind === 'name') return other.kind === 'name' && one.binding === other.binding;
  return (
    one?.kind === 'member' &&
    other.kind === 'member' &&
    one.name === other.name &&
    one.object.kind === 'this' &&
    other.object.kind === 'this'
  );
}

/** Whether an expression is an item of the store, or something in one: `orders[id].status`. */
export function isInStore(expr: Expr, store: Expr): boolean {
  if (expr.kind !== 'member') return false;
  const item = itemOf(expr);
  return (item !== undefined && isSame(item.store, store)) || isInStore(expr.object, store);
}
