// Follow-up messages that leave behind by which id their flow is followed.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath, type Span } from '../../text.ts';
import type { Handling } from '../calls/handling.ts';
import { bindingOf, lastName, levelsTo, type Level } from '../calls/handling.ts';
import { pathOf } from '../effects/effects.ts';
import { isLogLine } from '../effects/logLines.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { producersOf } from '../producers/sent.ts';
import { handedOn, namesFlow, together } from './handedOn.ts';
import { isOnlyTold } from './onlyTold.ts';

export interface LostCorrelation {
  readonly consumer: ConsumerNode;
  readonly producer: ProducerNode;
  readonly sent: Sent;
  /** The way from the handler to that call. */
  readonly here: Handling;
  /** The variable that holds what is published, where it is made before. */
  readonly variable: (BindingFact & { readonly file: FilePath }) | undefined;
  readonly payload: (Expr & { readonly kind: 'object' | 'new' }) | undefined;
}

/** The call that is handed what is published: the producer's, or that of a function that only sends what it is given. */
export interface Sent {
  readonly file: FilePath;
  readonly action: CallAction;
}

/** What is told of them, each place once. */
export function* lostCorrelations<Told>(
  model: EventModel,
  tell: (lost: LostCorrelation) => Told,
): Iterable<Told> {
  const propagating = propagatingServices(model);
  const found = model.saidOfConsumers('lost correlations', (it) => lostOf(model, it, tell));
  const seen = new Set<string>();
  for (const { of: consumer, said } of found) {
    if (propagating.has(model.serviceOf(consumer.file)) || seen.has(said.sent)) continue;
    seen.add(said.sent);
    if (said.told) yield said.told.of;
  }
}

interface Judged<Told> {
  /** Tells the call and its event from others. */
  readonly sent: string;
  /** Absent where it hands the id on. */
  readonly told?: { readonly of: Told };
}

function* lostOf<Told>(
  model: EventModel,
  consumer: ConsumerNode,
  tell: (lost: LostCorrelation) => Told,
): Iterable<Judged<Told>> {
  const { handler, fact } = consumer;
  // A changed row is where a flow begins.
  if ((fact.isRequest && !isOnlyTold(consumer)) || fact.isChangeFeed || !handler) return;
  const seen = new Set<ProducerNode>();
  for (const effect of model.bodyOfConsumer(consumer).effects) {
    const producer = producersOf(model, effect).at(-1);
    if (!producer || seen.has(producer)) continue;
    seen.add(producer);
    const way = wayTo(model, handler, effect, producer);
    if (!way) continue;
    const lost = lostAt(model, consumer, effect, producer, way);
    const { file, action } = way.sent;
    const key = `${file}:${action.call.at.start} ${producer.event?.key ?? ''}`;
    yield { sent: key, ...(lost && { told: { of: tell(lost) } }) };
  }
}

interface Way extends Pick<LostCorrelation, 'here' | 'sent'> {
  /** From the handler to the producer's call. */
  readonly whole: Handling;
  /** From there to what does the work. */
  readonly beyond: readonly Level[];
}

function wayTo(
  model: EventModel,
  handler: FunctionNode,
  effect: Effect,
  producer: ProducerNode,
): Way | undefined {
  const levels = levelsTo(model, handler, effect);
  const depth = levels?.findIndex((it) => it.action === producer.action) ?? -1;
  if (!levels || depth < 0) return undefined;
  const whole = { model, levels: levels.slice(0, depth + 1) };
  const beyond = levels.slice(depth + 1);
  let here: Handling = whole;
  let sent: Sent = producer;
  for (;;) {
    const [above, last] = here.levels.slice(-2);
    const index = above && last && handedIn(model, last, sent);
    if (!above || index === undefined || !above.action.call.args[index]) return { whole, beyond, here, sent };
    here = { model, levels: here.levels.slice(0, -1) };
    sent = { file: above.entry.file, action: above.action };
  }
}

const encoding = /^(?:stringify|from|encode|serialize|toBinary|String)$/;

/** Which parameter of a function it sends, as it was handed in: `send({ messages: [{ value: JSON.stringify(event) }] })`. */
function handedIn(model: EventModel, { entry }: Level, { file, action }: Sent): number | undefined {
  const inside = (expr: Expr, depth: number): number | undefined => {
    if (depth > 8) return undefined;
    // What a function makes of it is made here.
    if (expr.kind === 'call')
      return encoding.test(lastName(expr.callee))
        ? firstOf(expr.args, (it) => inside(it, depth + 1))
        : undefined;
    if (expr.kind === 'array') return expr.items[0] && inside(expr.items[0], depth + 1);
    if (expr.kind === 'object')
      return firstOf(
        expr.entries.filter((it) => wrappers.test(it.key)).map((it) => it.value),
        (it) => inside(it, depth + 1),
      );
    const binding = expr.kind === 'name' ? bindingOf(model, file, expr.binding) : undefined;
    const isOwn = binding?.kind === 'parameter' && binding.function === entry.fact.id;
    return isOwn && entry.file === file ? binding.index : undefined;
  };
  return firstOf(action.call.args, (it) => inside(it, 0));
}

const parked = /dead.?letter|dlq|dlx|retr(?:y|ies)|parking|poison|quarantine/i;
/** What an outbox's helper writes with. */
const plumbing = /^(?:tx|trx|t|em|manager|entityManager|queryRunner|client|session|transaction|prisma|db)$/;
const jobs = /^(?:bull|bullmq|bee-queue|agenda|pg-boss|graphile-worker)$/;

function lostAt(
  model: EventModel,
  consumer: ConsumerNode,
  effect: Effect,
  producer: ProducerNode,
  { whole, beyond, here, sent }: Way,
): LostCorrelation | undefined {
  const { role, action } = producer;
  const transport = effect.role.kind === 'publish' ? effect.role.transport : role.transport;
  if (role.isRequest || jobs.test(role.library) || transport === 'unknown') return undefined;
  if (consumer.transport !== 'broker' && transport === 'in-process') return undefined;
  if (isParked(model, producer) || isLogLine(role, namesOf(producer), action.call.args)) return undefined;
  if (beyond.some(({ entry }) => takesFromContext(model, entry))) return undefined;
  const judged = together(travellingIn(producer).map((it) => handedOn(whole, producer.file, it)));
  if (judged !== 'no') return undefined;
  const lost = { consumer, producer, sent, here, ...payloadOf(here, sent) };
  return isAnswer(model, lost) ? undefined : lost;
}

/** What says where a message goes stands before the message: `publish(exchange, routingKey, payload, options)`. */
function travellingIn({ role: { payload }, action }: ProducerNode): readonly Expr[] {
  const { args } = action.call;
  const from = args.findIndex(
    (it) => payload && it.at.start === payload.at.start && it.at.end === payload.at.end,
  );
  return args.slice(Math.max(from, 0)).filter((it) => it.kind !== 'name' || !plumbing.test(it.name));
}

const asking = /^(?:request(?:ed)?|command|query)$/i;
const answering = /^(?:success|succeeded|fail(?:ure|ed)|errors?|response|reply|result|completed?|done)$/i;

/**
 * `build.generate.success.1` answers `build.generate.request.1`, with the id of what was asked for: by that whoever asked follows
 * the flow.
 */
function isAnswer(model: EventModel, { consumer, producer: { event }, payload }: LostCorrelation): boolean {
  const [last, ...stem] = reversed(event?.name ?? '');
  if (!answering.test(last ?? '') || stem.length === 0 || !bearsId(payload)) return false;
  return consumer.events.some((it) => {
    const [word, ...asked] = reversed(it.name);
    const isAsked = asking.test(word ?? '') && asked.join('.') === stem.join('.');
    return isAsked && !bearsFlowId(model, it);
  });
}

/** Whether a message has a correlation id of its own, as far as its declarations and those who send it say. */
function bearsFlowId({ program }: EventModel, { declarations, inline }: EventNode): boolean {
  const declared = declarations.flatMap((it) => [...program.fieldsOf(it.file, it).fields.keys()]);
  const sent = inline.flatMap(({ object }) =>
    object.kind === 'object' ? object.entries.map((it) => it.key) : [],
  );
  return [...declared, ...sent].some(namesFlow);
}

/** The words of a topic from its end, without its version. */
function reversed(name: string): readonly string[] {
  return name
    .split(/[.:/_]/)
    .filter((it) => !/^v?\d+$/.test(it))
    .reverse();
}

function bearsId(expr: Expr | undefined): boolean {
  return (
    expr?.kind === 'object' && expr.entries.some(({ key, value }) => /[a-z]Id$/.test(key) || bearsId(value))
  );
}

/** What goes to a dead-letter queue, or is tried again, is the handled message and no follow-up. */
function isParked({ program }: EventModel, { file, event, role, action }: ProducerNode): boolean {
  const written = [role.event, role.channel].map((it) => it && program.stringOf(file, it));
  const names = [...namesOf({ event }), ...written, pathOf(action.call.callee)];
  return names.some((it) => it !== undefined && parked.test(it));
}

function namesOf({ event }: Pick<ProducerNode, 'event'>): readonly string[] {
  return event ? [event.name, ...event.wireNames] : [];
}

type Payload = Pick<LostCorrelation, 'variable' | 'payload'>;

/** What is published, and the variable that it is made for in the same function. */
function payloadOf({ model }: Handling, { file, action }: Sent): Payload {
  for (const arg of action.call.args) {
    const found = payloadIn(model, file, arg, undefined, 0);
    if (found) return found;
  }
  return { variable: undefined, payload: undefined };
}

const wrappers = /^(?:messages|value|data|payload|body|content|Entries|Detail|Message|MessageBody)$/;

function payloadIn(
  model: EventModel,
  file: FilePath,
  expr: Expr,
  variable: Payload['variable'],
  depth: number,
): Payload | undefined {
  const deeper = (it: Expr): Payload | undefined => payloadIn(model, file, it, variable, depth + 1);
  if (depth > 8) return undefined;
  if (expr.kind === 'array') return expr.items[0] && deeper(expr.items[0]);
  if (expr.kind === 'call') return firstOf(expr.args, deeper);
  if (expr.kind === 'name') {
    const binding = bindingOf(model, file, expr.binding);
    if (!binding?.init || binding.kind === 'parameter' || binding.isTopLevel) return undefined;
    return payloadIn(model, file, binding.init, { ...binding, file }, depth + 1);
  }
  if (expr.kind === 'object') {
    const inner = firstOf(
      expr.entries.filter((it) => wrappers.test(it.key)).map((it) => it.value),
      deeper,
    );
    return inner ?? { variable, payload: expr };
  }
  if (expr.kind !== 'new') return undefined;
  // What the SDK of a cloud sends is in the command.
  const sent = lastName(expr.callee).endsWith('Command') ? firstOf(expr.args, deeper) : undefined;
  return sent ?? { variable, payload: expr };
}

function firstOf<T>(items: readonly Expr[], read: (it: Expr) => T | undefined): T | undefined {
  for (const item of items) {
    const found = read(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const contextual =
  /correlation|getStore|activeSpan|(?:^|\.)inject$|traceparent|(?:^|\.)cls\.|requestContext|asyncContext/i;

/** A publishing layer that adds the id from what it keeps for the running work. */
function takesFromContext(model: EventModel, { file, fact }: FunctionNode): boolean {
  const inside = model.files.get(file)?.functions.filter((it) => holds(fact.span, it.span)) ?? [];
  return inside.some((fn) =>
    [...callsIn(fn.body)].some(
      (it) => contextual.test(pathOf(it.call.callee)) && !isGenerator(it.call.callee),
    ),
  );
}

function isGenerator(callee: Expr): boolean {
  return /generate|create|new|random/i.test(lastName(callee));
}

const propagation =
  /^@opentelemetry\/(?!semantic)|^nestjs-cls$|^(?:node:)?async_hooks$|^dd-trace|^elastic-apm-node|^cls-hooked$|^@sentry\/opentelemetry/;

/** Services in which some library hands on what belongs to the running work. */
function propagatingServices(model: EventModel): ReadonlySet<string> {
  const files = saidOfFiles(model, 'hands on by itself', ({ file, imports }) =>
    imports.some((it) => propagation.test(it.from)) ? [file] : [],
  );
  return new Set(files.map((it) => model.serviceOf(it)));
}

/** Where the finding sits: on the payload's variable, else on the call that publishes. */
export function placeOf({ sent, variable }: LostCorrelation): { file: FilePath; at: Span; name: string } {
  if (variable) return { file: variable.file, at: variable.at, name: variable.name };
  const { callee, at } = sent.action.call;
  return { file: sent.file, at, name: lastName(callee) };
}
