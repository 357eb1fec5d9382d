// Loops that fetch messages by themselves. Nothing registers a handler there: the function around the loop is the consumer, and no
// parameter of it carries the message.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import type { CallSite } from './framework.ts';

/** No parameter has this index. */
const nowhere = 99;

/** The function that fetches and works through what it got; none where it only hands it over. */
export function polling(
  { fn, view }: CallSite,
  library: string,
  events: readonly Expr[],
): readonly ConsumerFact[] {
  if (!isNamed(fn) || !actionsIn(fn.body).some((it) => it.kind === 'loop')) return [];
  return [loopIn(view, fn, fn, library, events)];
}

/** The same, and the function that gives what it fetched: `async receive() { … return answer.Messages; }`. */
export function fetching(site: CallSite, library: string, events: readonly Expr[]): readonly ConsumerFact[] {
  const { fn, view } = site;
  const own = polling(site, library, events);
  if (own.length > 0 || !isNamed(fn)) return own;
  const found = loopIn(view, fn, fn, library, events);
  if (actionsIn(fn.body).some((it) => it.kind === 'return' && it.value))
    return [{ ...found, isHandedOver: true }];
  return callsIn(fn.body).some(isEach) ? [found] : [];
}

/** `await Promise.all(messages.map((message) => handle(message)))`. */
function isEach({ call: { callee, args } }: CallAction): boolean {
  const [callback] = args;
  const isOne = callback?.kind === 'function' || callback?.kind === 'name' || callback?.kind === 'member';
  return callee.kind === 'member' && /^(?:map|forEach|flatMap)$/.test(callee.name) && isOne;
}

function isNamed({ kind, name }: FunctionFact): boolean {
  return kind !== 'module' && name !== '';
}

/** `const messages = stream.subscribe(…); (async () => { for await (const message of messages) … })();`: the function with the loop. */
export function looping(
  { view, action, name, call }: CallSite,
  library: string,
  events: readonly Expr[],
): readonly ConsumerFact[] {
  const { result } = action;
  if (result === undefined) return [];
  const loops = (it: Action): boolean =>
    it.kind === 'loop' && it.over?.kind === 'name' && it.over.binding === result;
  const fn = view.facts.functions.find((it) => it.kind !== 'module' && [...actionsIn(it.body)].some(loops));
  return fn ? [loopIn(view, fn, fn.name === '' ? { name, at: call.at } : fn, library, events)] : [];
}

function loopIn(
  view: FileView,
  fn: FunctionFact,
  { name, at }: Pick<ConsumerFact, 'name' | 'at'>,
  library: string,
  events: readonly Expr[],
): ConsumerFact {
  const owner = view.ownerOf(fn.id);
  return {
    at,
    name,
    library,
    transport: 'broker',
    events,
    handler: fn.id,
    eventParameter: nowhere,
    // What is not acknowledged comes again.
    acknowledges: 'never',
    ...(owner === undefined ? {} : { owner }),
  };
}
