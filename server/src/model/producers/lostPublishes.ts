// Publishes whose outcome nobody learns: the promise or Observable of the call, or of the wrapper around it, goes nowhere.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { leaves } from '../failures/failing.ts';
import { calleeName, eachAction, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode, ProducerNode } from '../model.ts';
import { givenBy, publishIn, resultNamed, type Given } from './givenResults.ts';

export interface LostPublish extends Given {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  /**
   * `awaited`: a bare `await` stands before what is no promise and waits for nothing; `looped`: `forEach` drops what its callback
   * gives, or nobody waits for the list that `map` gives; `deferred`: a timer drops it, or a function that is called where it stands
   * and left alone.
   */
  readonly how: 'dropped' | 'awaited' | 'looped' | 'deferred';
  /** What calls the function around it and drops what that gives: `forEach`, `setImmediate`; empty where it is called where it stands. */
  readonly dropper?: string;
  readonly role: PublishRole | undefined;
  readonly producer: ProducerNode | undefined;
}

/** All of them. */
export const lostPublishes = perModel((model: EventModel): readonly LostPublish[] => [...lostIn(model)]);

function* lostIn(model: EventModel): Iterable<LostPublish> {
  const producers = new Map(model.producers.map((it) => [it.action, it]));
  const written = saidOfFiles(model, 'may publish', candidates);
  const seen = new Set(written.map((it) => it.action));
  const others = model.producers.filter((it) => !seen.has(it.action));
  const dropped = [
    ...saidOfFiles(model, 'dropped publishes', (it) => droppedAmong(model, candidates(it))),
    ...droppedAmong(model, others),
  ];
  for (const { publishes, ...it } of dropped) {
    const producer = producers.get(it.action);
    if (publishes || producer) yield { ...it, producer };
  }
}

type Site = Pick<LostPublish, 'fn' | 'action'>;

interface Dropped extends Omit<LostPublish, 'producer'> {
  /** By its role, its name, or what it calls. */
  readonly publishes: boolean;
}

/** Those of the calls whose outcome goes nowhere. */
function droppedAmong(model: EventModel, sites: readonly Site[]): readonly Dropped[] {
  return sites.flatMap(({ fn, action }) => {
    const facts = model.files.get(fn.file);
    const dropper = facts && droppersIn(facts).get(fn.fact.id);
    const how = howLost(fn.fact, action, dropper);
    const given = how && givenBy(model, fn, action);
    if (!given || (facts && isLastOfScript(facts, fn.fact, action))) return [];
    if (neverRejects(model, given.wrapper)) return [];
    const isWaitedFor = how === 'awaited' && (given.gives === 'promise' || given.wrapper);
    if (isWaitedFor || (facts && how === 'awaited' && isListenedTo(facts, action.result))) return [];
    const role = publishIn(action);
    if (dropper === 'setInterval' && isPolling(fn, given.wrapper)) return [];
    const publishes =
      role !== undefined ||
      isHandedIn(action) ||
      (isAnnouncing(action, true) ? isPublishing : onlyPublishes)(model, given.wrapper);
    return [{ fn, action, how, ...(dropper !== undefined && { dropper }), ...given, role, publishes }];
  });
}

/** Its failure is a value (`Promise<Result<void>>`), or it only tells the open screens of this process. */
function neverRejects({ files }: EventModel, wrapper: FunctionNode | undefined): boolean {
  if (!wrapper) return false;
  const { returns } = wrapper.fact;
  const given = returns?.kind === 'ref' && returns.name === 'Promise' ? returns.args[0] : returns;
  if (given?.kind === 'ref' && /^(?:Result|ResultAsync|Either|TaskEither)$/.test(given.name)) return true;
  return files.get(wrapper.file)?.imports.some((it) => it.from === 'graphql-subscriptions') ?? false;
}

/** `const reply = await client.send(…); reply.subscribe(…)`: what the variable holds is still an Observable, and somebody takes it. */
function isListenedTo({ functions }: FileFacts, result: number | undefined): boolean {
  if (result === undefined) return false;
  const isIt = (it: Expr | undefined): boolean => it?.kind === 'name' && it.binding === result;
  return functions.some(({ body }) =>
    actionsIn(body).some((it) => {
      if (it.kind === 'return') return isIt(it.value);
      if (it.kind !== 'call') return false;
      const { callee, args } = it.call;
      const listens = callee.kind === 'member' && /^(?:pipe|subscribe|forEach|toPromise)$/.test(callee.name);
      return (listens && isIt(callee.object)) || args.some(isIt);
    }),
  );
}

/** What publishes by its role, by its name alone, or by what a function of the file does that is started and left alone. */
const candidates = once((facts: FileFacts): readonly Site[] =>
  facts.functions.flatMap((fact) =>
    callsIn(fact.body)
      .filter(
        (it) =>
          publishIn(it) !== undefined ||
          isAnnouncing(it, droppersIn(facts).has(fact.id)) ||
          isHelper(facts, fact, it),
      )
      .map((action) => ({ fn: { file: facts.file, fact }, action })),
  ),
);

/** What goes on in the background by design. */
const ongoing =
  /^(?:start|run|init|listen|connect|poll|loop|main|bootstrap|schedule|watch|consume|subscribe|process|flush|drain|tick|work|next|retry|reconnect|warm|refresh)/i;

/** What may be lost without anybody missing it. */
const optional = /track|metric|analytic|telemetry|audit|stat(?:s|istic)|cache|(?:^|[a-z])Log|^log/;

/** `this.afterPlaced(order)`: an async function of the same class or file, called and left alone. */
function isHelper(facts: FileFacts, fn: FunctionFact, { call, settled, isNew, roles }: CallAction): boolean {
  const isLeft = settled === 'dropped' || (settled !== 'collected' && droppersIn(facts).has(fn.id));
  if (!isLeft || isNew || roles.length > 0 || isMain(fn, '')) return false;
  const { callee } = call;
  const name = calleeName(callee);
  if (name === undefined || ongoing.test(name) || ongoing.test(fn.name) || optional.test(name)) return false;
  const isOwn = callee.kind === 'member' && callee.object.kind === 'this';
  if (!isOwn && callee.kind !== 'name') return false;
  const { methods, functions } = indexOf(facts);
  const helper = isOwn ? methods.get(ownerOf(facts, fn) ?? '')?.get(name) : functions.get(name);
  return helper !== undefined && helper !== fn && helper.isAsync;
}

function ownerOf({ functions }: FileFacts, fn: FunctionFact | undefined): string | undefined {
  let around = fn;
  while (around && around.owner === undefined)
    around = around.outer === undefined ? undefined : functions[around.outer];
  return around?.owner;
}

/** Functions whose promise is dropped, with the name of what does so: callbacks of `forEach` and of timers, `void (async () => …)()`. */
const droppersIn = once((facts: FileFacts): ReadonlyMap<number, string> => {
  const looped = loopsIn(facts);
  const later = indexOf(facts).withRoles.flatMap(({ fn, action: { roles } }) =>
    roles.flatMap((it) =>
      it.kind === 'schedule' && (it.isOnce ?? it.library === 'setInterval') && !isMain(fn, it.library)
        ? [[it.body, it.library] as const]
        : [],
    ),
  );
  const inPlace = facts.functions.flatMap((fn) =>
    [...callsIn(isMain(fn, '') ? [] : fn.body)].flatMap(({ call, settled }) =>
      settled === 'dropped' && call.callee.kind === 'function' ? [[call.callee, ''] as const] : [],
    ),
  );
  const all = [...looped, ...later, ...inPlace];
  return new Map(all.flatMap(([it, by]) => (it?.kind === 'function' ? [[it.function, by]] : [])));
});

/** `forEach` gives nothing; the list of promises that `map` gives may be dropped, or awaited as if it were one. */
function loopsIn(facts: FileFacts): readonly (readonly [Expr | undefined, string])[] {
  const { calls } = indexOf(facts);
  const joins = ['all', 'allSettled', 'race', 'any'].flatMap((it) => calls.get(it) ?? []);
  const isJoined = ({ call }: CallAction): boolean =>
    joins.some(({ action }) => holds(action.call.span, call.span));
  return ['forEach', 'map', 'flatMap'].flatMap((name) =>
    (calls.get(name) ?? [])
      .filter(({ action: it }) => {
        if (name === 'forEach' || it.settled === 'dropped') return true;
        return it.settled === 'awaited' && !isJoined(it);
      })
      .map(({ action }) => [action.call.args[0], name] as const),
  );
}

/** A script's own main function, called where it stands or at once: it ends the process when it fails, and that is seen. */
function isMain({ kind }: FunctionFact, by: string): boolean {
  return kind === 'module' && !/^set(?:Timeout|Interval)$/.test(by);
}

/** `main();` at the end of a file that exports nothing: nothing goes on, and a rejection ends the process loudly. */
function isLastOfScript(
  { exports, functions }: FileFacts,
  { kind, body }: FunctionFact,
  action: CallAction,
): boolean {
  const { callee } = action.call;
  const isOwn = callee.kind === 'name' && functions.some((it) => it.name === callee.name && it.isAsync);
  return kind === 'module' && exports.length === 0 && body.at(-1) === action && isOwn;
}

function howLost(
  fn: FunctionFact,
  action: CallAction,
  dropper: string | undefined,
): LostPublish['how'] | undefined {
  if (action.isNew) return undefined;
  if (action.settled === 'dropped') return 'dropped';
  const isGiven = action.settled === 'returned' || action.settled === 'awaited';
  if (dropper !== undefined && isGiven && leaves(fn.body, action))
    return /^(?:forEach|map|flatMap)$/.test(dropper) ? 'looped' : 'deferred';
  return action.settled === 'awaited' ? 'awaited' : undefined;
}

const announcing =
  /^(?:publish|emit|dispatch|announce|broadcast|send|produce|enqueue|raise|fire|notify|trigger)/i;

function isAnnouncing({ call, settled }: CallAction, isInDropped: boolean): boolean {
  return (settled === 'dropped' || isInDropped) && announcing.test(calleeName(call.callee) ?? '');
}

/** `publish(topic, event)` of a relay that is told how to publish, `send(command)` of one that is told how to send. */
function isHandedIn({ call: { callee, args } }: CallAction): boolean {
  if (callee.kind !== 'name') return false;
  if (/^(?:publish|announce|broadcast|produce)/.test(callee.name)) return true;
  const [first] = args;
  const isMessage = first?.kind === 'name' && /(?:event|command|message)$/i.test(first.name);
  return isMessage && /^(?:send|dispatch|emit)/.test(callee.name);
}

/** `publishOrderPlaced(…)`, which names the event itself. */
function isPublishing(model: EventModel, wrapper: FunctionNode | undefined): boolean {
  const effects = wrapper ? model.bodyOf(wrapper).effects : [];
  return effects.some(({ role }) => role.kind === 'publish' && role.transport !== 'in-process');
}

/** It does nothing else that lasts, and does not end the failure of the publish itself. */
function onlyPublishes(model: EventModel, wrapper: FunctionNode | undefined): boolean {
  const effects = wrapper ? model.bodyOf(wrapper).effects : [];
  return (
    effects.some(({ role }) => role.kind === 'publish') &&
    effects.every(({ role, inTry, inCatch, via }) => {
      if (role.kind === 'remote' && role.isRead) return true;
      return role.kind === 'publish' && role.transport === 'broker' && !inTry && !inCatch && via.length < 2;
    })
  );
}

/** What could not be sent this time is read again the next. */
function isPolling({ fact }: FunctionNode, wrapper: FunctionNode | undefined): boolean {
  return [fact, ...(wrapper ? [wrapper.fact] : [])].some(({ body }) =>
    callsIn(body).some(
      ({ call, roles }) =>
        roles.some((it) => it.kind === 'read' || it.kind === 'guard' || it.kind === 'transaction') ||
        /poll|pending|outbox|relay|unsent|batch|flush|drain/i.test(calleeName(call.callee) ?? ''),
    ),
  );
}

/** Whether the function around a call is `async`, or may become so without a change for those who use its result. */
export function canAwait(fn: FunctionFact, { call }: CallAction): boolean {
  if (fn.isAsync) return true;
  if (fn.kind === 'constructor' || fn.kind === 'accessor' || fn.kind === 'module' || fn.isGenerator)
    return false;
  if (fn.returns) return resultNamed(fn.returns) === 'promise' || isVoid(fn.returns);
  for (const action of eachAction(fn.body)) {
    if (action.kind === 'return' && action.value && !holds(action.at, call.at)) return false;
  }
  return true;
}

function isVoid(type: TypeExpr): boolean {
  return type.kind === 'primitive' && (type.name === 'void' || type.name === 'undefined');
}
