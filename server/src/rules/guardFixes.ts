// How a consumer is made to skip what it processed already: by the guard that the workspace has, or by a new inbox.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import type { GuardArgument, GuardHandlerPlan, MessageKey } from '../fixes/plan.ts';
import { foundInFiles } from '../model/incremental/about.ts';
import type { ConsumerNode, EventModel, Fields, FunctionNode } from '../model/model.ts';
import type { FilePath } from '../text.ts';
import type { Fix } from './rule.ts';

const idFields = ['eventId', 'messageId', 'event_id', 'message_id', 'uuid'];
const wrapperName =
  /^(?:idempotent|withInbox|withIdempotency|handleOnce|processOnce|executeOnce|runOnce|ensureIdempotent|runIdempotent)\w*$/;

/**
 * At most one fix; none where nothing at hand tells one message from another, and none for a request: whoever asks
 * again wants the answer again.
 */
export function guardFixes(consumer: ConsumerNode, model: EventModel): readonly Fix[] {
  const { handler, fact } = consumer;
  const key = handler && keyOf(consumer, handler, model);
  if (!handler || !key || isAnswered(consumer) || handler.fact.isAbstract || handler.fact.isGenerator)
    return [];
  const existing = guardInClass(handler, model) ?? existingGuard(handler.file, model);
  const plan: GuardHandlerPlan = {
    kind: 'guard-handler',
    target: { file: handler.file, at: handler.fact.at },
    eventParameter: isRegistered(consumer, handler) ? fact.eventParameter : 0,
    key,
    consumer: nameOf(consumer, handler, model),
    ...(existing ? { existing } : usesPrisma(handler, model) ? { store: 'prisma' as const } : {}),
  };
  if (existing) return [{ title: `Guard with ${existing.name}`, plan, isPreferred: true }];
  return [{ title: 'Guard with an inbox (creates inbox.ts)', plan }];
}

/** Whether the handler's service keeps its rows with Prisma: then the inbox does too. */
function usesPrisma({ file }: FunctionNode, model: EventModel): boolean {
  const service = model.serviceOf(file);
  return foundInFiles(model, 'files that use Prisma', usingPrisma).some(
    (it) => model.serviceOf(it) === service,
  );
}

function usingPrisma({ file, imports }: FileFacts): readonly FilePath[] {
  return imports.some((it) => it.from === '@prisma/client') ? [file] : [];
}

function isAnswered({ fact }: ConsumerNode): boolean {
  return fact.isRequest === true && fact.library === '@nestjs/microservices';
}

function keyOf(consumer: ConsumerNode, handler: FunctionNode, model: EventModel): MessageKey | undefined {
  const { fact } = consumer;
  if (isRegistered(consumer, handler)) {
    const field = fieldOf(consumer, handler, model);
    const own = field !== undefined && { field };
    if (fact.library === 'kafkajs' && fact.name !== 'eachBatch') return { of: 'kafka', ...own };
    if (fact.library === 'amqplib') return { of: 'amqp', ...own };
    if (fact.library === 'bullmq' || fact.library === '@nestjs/bull') return { of: 'job' };
  }
  const type = typeOfParameter(handler, isRegistered(consumer, handler) ? fact.eventParameter : 0, model);
  if (!type) return undefined;
  const { fields } = model.program.fieldsOf(handler.file, type);
  const field = idFields.find((it) => fields.get(it)?.member.isOptional === false);
  if (field !== undefined) return { of: 'event', field };
  return fields.size > 0 || isOfWorkspace(handler, type, model) ? { of: 'event' } : undefined;
}

/** What a broker's library hands over is no event yet; a part of a type (`OrderPlaced['data']`) is. */
function isOfWorkspace({ file }: FunctionNode, type: TypeExpr, { program }: EventModel): boolean {
  if (type.kind === 'ref') return program.typeNamed(file, type.name) !== undefined;
  return type.kind === 'other' || type.kind === 'union' || type.kind === 'intersection';
}

/** Whether the library calls the handler itself, and not a dispatcher that took the message apart. */
function isRegistered({ fact, at }: ConsumerNode, handler: FunctionNode): boolean {
  return typeof fact.handler !== 'number' || (at.start === fact.at.start && handler.fact.id === fact.handler);
}

/** The id that all events of the consumer carry: as declared, as the handler takes them, or as they are written where they are published. */
function fieldOf({ events }: ConsumerNode, handler: FunctionNode, model: EventModel): string | undefined {
  const parsed = parsedFields(handler, model);
  if (parsed.length > 0) return idIn(parsed[0] ?? new Set());
  const carried = events.map((it): ReadonlySet<string> => {
    const [declaration] = it.declarations;
    if (declaration) return requiredIn(model.program.fieldsOf(declaration.file, declaration));
    const [first, ...others] = it.inline.map(({ object }) => keysOf(object));
    return new Set([...(first ?? [])].filter((key) => others.every((keys) => keys.has(key))));
  });
  const [first, ...others] = carried;
  return first && idIn(new Set([...first].filter((it) => others.every((keys) => keys.has(it)))));
}

/** What `JSON.parse(…) as OrderPlaced` in the handler is taken for. */
function parsedFields({ file, fact }: FunctionNode, model: EventModel): readonly ReadonlySet<string>[] {
  const bindings = model.files.get(file)?.bindings ?? [];
  return bindings.flatMap(({ at, init, type, takenAs }) => {
    const value = init?.kind === 'member' ? init.object : init;
    const isParsed =
      value?.kind === 'call' && value.callee.kind === 'member' && value.callee.name === 'parse';
    const isInside = fact.span.start <= at.start && at.end <= fact.span.end;
    const taken = type ?? takenAs;
    return isParsed && isInside && taken ? [requiredIn(model.program.fieldsOf(file, taken))] : [];
  });
}

function requiredIn({ fields }: Fields): ReadonlySet<string> {
  return new Set([...fields.values()].filter((it) => !it.member.isOptional).map((it) => it.name));
}

function keysOf(object: Expr): ReadonlySet<string> {
  return new Set(object.kind === 'object' ? object.entries.map((it) => it.key) : []);
}

function idIn(names: ReadonlySet<string>): string | undefined {
  return idFields.find((it) => names.has(it));
}

function typeOfParameter(
  { file, fact }: FunctionNode,
  index: number,
  { files }: EventModel,
): TypeExpr | undefined {
  const parameter = fact.parameters[index];
  return parameter === undefined ? undefined : files.get(file)?.bindings[parameter]?.type;
}

/** A function of the same service that takes a key and runs a callback once for it. */
function existingGuard(beside: FilePath, model: EventModel): GuardHandlerPlan['existing'] {
  const service = model.serviceOf(beside);
  return foundInFiles(model, 'guards', guardsIn).find((it) => model.serviceOf(it.file) === service);
}

const guardsIn = once((facts: FileFacts) =>
  facts.functions.flatMap((fn) => {
    if (!fn.isExported || fn.owner !== undefined || !wrapperName.test(fn.name)) return [];
    const wanted = argumentsOf(facts, fn);
    return wanted ? [{ file: facts.file, name: fn.name, arguments: wanted }] : [];
  }),
);

/** A guard that the handler's class holds already: `this.inbox.processOnce(…)`. */
function guardInClass({ file, fact }: FunctionNode, model: EventModel): GuardHandlerPlan['existing'] {
  const owner = model.files.get(file)?.types.find((it) => it.kind === 'class' && it.name === fact.owner);
  for (const { name, type, isStatic } of owner?.members ?? []) {
    const held = type?.kind === 'ref' && !isStatic ? model.program.typeNamed(file, type.name) : undefined;
    const facts = held && model.files.get(held.file);
    const methods = facts?.functions.filter(
      (it) => it.owner === held?.fact.name && wrapperName.test(it.name),
    );
    for (const method of methods ?? []) {
      const wanted = facts && argumentsOf(facts, method);
      if (wanted) return { name: `this.${name}.${method.name}`, arguments: wanted };
    }
  }
  return undefined;
}

/** What it wants before its callback; undefined where that is not only a key and perhaps the consumer's name. */
function argumentsOf(facts: FileFacts, { parameters }: FunctionFact): readonly GuardArgument[] | undefined {
  const all = parameters.map((it) => facts.bindings[it]);
  const last = all.at(-1);
  const isWork = last?.type?.kind === 'function';
  const wanted = all.slice(0, -1).flatMap((it): GuardArgument[] => {
    if (it?.type?.kind !== 'primitive' || it.type.name !== 'string') return [];
    return [/consumer|handler|subscriber|group|scope/i.test(it.name) ? 'consumer' : 'key'];
  });
  const isPlain = wanted.length === all.length - 1 && wanted.filter((it) => it === 'key').length === 1;
  return isWork && isPlain ? wanted : undefined;
}

const commonNames = /^(?:|eachMessage|consume|subscribe|on|handler?|process|run)$/;

/** `PaymentConsumer.onOrderPlaced`, or for a function without a name that of the class around it or the file, with the event's. */
function nameOf({ file, fact, events }: ConsumerNode, handler: FunctionNode, model: EventModel): string {
  const own = commonNames.test(handler.fact.name) ? undefined : handler.fact.name;
  const owner = handler.fact.owner ?? fact.owner;
  if (own !== undefined || owner !== undefined)
    return [owner, own].filter((it) => it !== undefined).join('.');
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.[cm]?tsx?$/, '');
  return [classAround(handler, model) ?? stem, events[0]?.name].filter((it) => it !== undefined).join('/');
}

/** The class whose method registers the handler. */
function classAround({ file, fact }: FunctionNode, { files }: EventModel): string | undefined {
  const functions = files.get(file)?.functions ?? [];
  for (
    let at: FunctionFact | undefined = fact;
    at;
    at = at.outer === undefined ? undefined : functions[at.outer]
  )
    if (at.owner !== undefined) return at.owner;
  return undefined;
}
