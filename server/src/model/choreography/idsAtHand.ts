// The ids of a handled message as they can be written where a follow-up message is made: `event.correlationId`, or one more name
// in the pattern that takes the message apart.
import type { Expr, NameExpr, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import { namesIn } from '../../facts/walk.ts';
import { holds, type FilePath, type Span } from '../../text.ts';
import { bindingOf, lastName } from '../calls/handling.ts';
import type { EventNode, Field, Fields, FunctionNode, EventModel } from '../model.ts';
import { isHandled, namesFlow } from './handedOn.ts';
import type { LostCorrelation } from './lostCorrelations.ts';

export interface IdsAtHand {
  /** What the message is called, or a name in the pattern that takes it apart. */
  readonly from: { readonly name: string } | { readonly pattern: Span };
  readonly flow: IdAtHand;
  readonly cause?: IdAtHand;
}

export interface IdAtHand {
  readonly name: string;
  /** How it is read of the message: `metadata.correlationId`. */
  readonly path: string;
  /** As declared; absent where the message is `any`. */
  readonly type?: TypeExpr;
  readonly isOptional: boolean;
}

type Found = Omit<IdsAtHand, 'from'>;

/** The ids in reach of an expression of the function that publishes. */
export function idsAtHand(lost: LostCorrelation, near: Expr): IdsAtHand | undefined {
  const { file, action } = lost.sent;
  const names = [...namesIn(near), ...action.call.args.flatMap((it) => [...namesIn(it)])];
  for (const name of names) {
    const found = throughName(lost, file, name);
    if (found) return found;
  }
  const entry = lost.here.levels.at(-1)?.entry;
  const model = lost.here.model;
  for (const id of entry?.fact.parameters ?? []) {
    const binding = bindingOf(model, file, id);
    const name: NameExpr | undefined = binding && {
      kind: 'name',
      name: binding.name,
      binding: id,
      at: binding.at,
    };
    const found = name && name.name !== '{}' ? throughName(lost, file, name) : undefined;
    if (found) return found;
  }
  return undefined;
}

function throughName(lost: LostCorrelation, file: FilePath, name: NameExpr): IdsAtHand | undefined {
  const { model } = lost.here;
  const binding = bindingOf(model, file, name.binding);
  if (!binding || binding.isTopLevel) return undefined;
  const { init } = binding;
  if (isElement(binding, init) && isHandled(lost.here, file, init.object))
    return throughPattern(lost, file, binding, init.object);
  if (!isHandled(lost.here, file, name)) return undefined;
  const found = idsOf(lost, file, { binding, value: init, type: binding.type ?? binding.takenAs });
  return found && { from: { name: binding.name }, ...found };
}

/** `orderId` of `const { orderId } = event`. */
function isElement(binding: BindingFact, init: Expr | undefined): init is Expr & { kind: 'member' } {
  return init?.kind === 'member' && init.at.start === binding.at.start && init.name !== '[]';
}

function throughPattern(
  lost: LostCorrelation,
  file: FilePath,
  element: BindingFact,
  whole: Expr,
): IdsAtHand | undefined {
  const { model, levels } = lost.here;
  const holder = whole.kind === 'name' ? bindingOf(model, file, whole.binding) : undefined;
  const type = element.takenAs ?? holder?.type ?? holder?.takenAs;
  const found =
    idsOf(lost, file, { binding: element, value: whole, type }) ?? takenOut(model, file, whole, type);
  const around = levels.at(-1)?.entry.fact.span;
  if (!found || !around) return undefined;
  const wanted = [found.flow, ...(found.cause ? [found.cause] : [])].map((it) => it.path.split('.')[0]);
  // Another variable of that name stands in the way.
  const isTaken = model.files
    .get(file)
    ?.bindings.some(
      (it) =>
        wanted.includes(it.name) &&
        holds(around, it.at) &&
        !(isElement(it, it.init) && isHandled(lost.here, file, it.init.object)),
    );
  return isTaken === true ? undefined : { from: { pattern: element.at }, ...found };
}

/** `const { sagaId, orderId } = message`, where nothing more is known of the message. */
function takenOut(
  model: EventModel,
  file: FilePath,
  whole: Expr,
  type: TypeExpr | undefined,
): Found | undefined {
  if (type && !isAny(type)) return undefined;
  for (const { name, init } of model.files.get(file)?.bindings ?? []) {
    const isBeside = init?.kind === 'member' && init.object.at.start === whole.at.start;
    if (isBeside && namesFlow(init.name) && name === init.name) return { flow: loose(name) };
  }
  return undefined;
}

interface Source {
  readonly binding: BindingFact;
  readonly value: Expr | undefined;
  readonly type: TypeExpr | undefined;
}

function idsOf(lost: LostCorrelation, file: FilePath, { binding, value, type }: Source): Found | undefined {
  const { model } = lost.here;
  if (type && !isAny(type)) return inFields(model, model.program.fieldsOf(file, type));
  const isUntyped = type !== undefined || (value !== undefined && isParsed(value));
  if (isUntyped) return inEvents(model, lost.consumer.events);
  const given =
    value?.kind === 'call' ? returned(model, file, value, binding.isAwaited === true, lost) : undefined;
  return given && inFields(model, model.program.fieldsOf(given.file, given.type));
}

function isAny(type: TypeExpr): boolean {
  return type.kind === 'primitive' && type.name === 'any';
}

function isParsed(value: Expr): boolean {
  if (value.kind === 'choice') return value.of.some(isParsed);
  const callee = value.kind === 'call' ? value.callee : undefined;
  return callee?.kind === 'member' && callee.name === 'parse' && lastName(callee.object) === 'JSON';
}

/** What a function of the workspace says that it returns. */
function returned(
  model: EventModel,
  file: FilePath,
  call: Expr & { kind: 'call' },
  isAwaited: boolean,
  lost: LostCorrelation,
): { readonly file: FilePath; readonly type: TypeExpr } | undefined {
  const around: FunctionNode | undefined = lost.here.levels.at(-1)?.entry;
  const [callee] = around ? model.program.calleesOf(file, around, call) : [];
  const type = callee?.fact.returns;
  if (!callee || !type || type.kind !== 'ref') return undefined;
  if (type.name !== 'Promise') return { file: callee.file, type };
  const [inner] = type.args;
  return isAwaited && inner ? { file: callee.file, type: inner } : undefined;
}

const containers = /^_?(?:meta(?:data)?|headers?|context|envelope)$/i;
const ownIds = ['eventId', 'messageId', 'event_id', 'message_id', 'uuid', 'id'];

/** The flow's id and the message's own, in the fields themselves or in a `metadata` member that is always there. */
function inFields(model: EventModel, { fields }: Fields, path = ''): Found | undefined {
  const flow = [...fields.values()].find((it) => namesFlow(it.name) && isText(it));
  const cause = ownIds.map((it) => fields.get(it)).find((it) => it && isText(it));
  if (flow) return { flow: idAt(flow, path), ...(cause && { cause: idAt(cause, path) }) };
  const holder = path === '' ? [...fields.values()].find((it) => containers.test(it.name)) : undefined;
  if (!holder?.member.type || holder.member.isOptional) return undefined;
  const inner = inFields(model, model.program.fieldsOf(holder.file, holder.member.type), `${holder.name}.`);
  return inner && (inner.cause || !cause ? inner : { ...inner, cause: idAt(cause, '') });
}

function isText({ member: { type } }: Field): boolean {
  return type?.kind === 'primitive' && (type.name === 'string' || type.name === 'any');
}

function idAt({ name, member }: Field, path: string): IdAtHand {
  return {
    name,
    path: `${path}${name}`,
    ...(member.type && { type: member.type }),
    isOptional: member.isOptional,
  };
}

/** What a message of type `any` carries, by what is known of its events. */
function inEvents(model: EventModel, events: readonly EventNode[]): Found | undefined {
  const [event] = events;
  if (!event || events.length > 1) return undefined;
  for (const it of event.declarations) {
    const found = inFields(model, model.program.fieldsOf(it.file, it));
    if (found) return untyped(found);
  }
  for (const { object } of event.inline) {
    const keys = object.kind === 'object' ? object.entries.map((it) => it.key) : [];
    const flow = keys.find(namesFlow);
    const cause = ownIds.find((it) => keys.includes(it));
    if (flow !== undefined) return { flow: loose(flow), ...(cause !== undefined && { cause: loose(cause) }) };
  }
  return undefined;
}

function untyped({ flow, cause }: Found): Found {
  return { flow: loose(flow.name, flow.path), ...(cause && { cause: loose(cause.name, cause.path) }) };
}

function loose(name: string, path = name): IdAtHand {
  return { name, path, isOptional: false };
}
