// Whether a lost correlation id can be copied: the handled message has one at hand, and the published one has room for it.
import type { Expr, NewExpr, ObjectEntry, ObjectExpr, TypeExpr } from '../facts/expressions.ts';
import type { HandedArgument, HandedEntry, HandOnPlan } from '../fixes/plan.ts';
import { bindingOf } from '../model/calls/handling.ts';
import { isFreshId, namesFlow } from '../model/choreography/handedOn.ts';
import { idsAtHand, type IdAtHand, type IdsAtHand } from '../model/choreography/idsAtHand.ts';
import type { LostCorrelation } from '../model/choreography/lostCorrelations.ts';
import type { Field, Fields } from '../model/model.ts';
import type { FilePath, Span } from '../text.ts';
import { headerFix } from './headerFixes.ts';
import type { Fix } from './rule.ts';

const title = 'Copy the correlation id from the handled event';

/** At most one fix; none where a shape is not known or has no field for it. */
export function handOnFixes(lost: LostCorrelation): readonly Fix[] {
  const { payload } = lost;
  const plan = (payload && intoPayload(lost, payload)) ?? besidePayload(lost) ?? headerFix(lost);
  return plan ? [{ title, plan, isPreferred: true }] : [];
}

function intoPayload(
  lost: LostCorrelation,
  payload: Expr & { kind: 'object' | 'new' },
): HandOnPlan | undefined {
  const ids = idsAtHand(lost, payload);
  if (!ids) return undefined;
  return payload.kind === 'object' ? intoObject(lost, payload, ids) : intoNew(lost, payload, ids);
}

/** `outbox.store(event, { schema })`: what the layer wants to know beside the event has the field. */
function besidePayload(lost: LostCorrelation): HandOnPlan | undefined {
  const { producer, sent, here, payload } = lost;
  const { file, action } = sent;
  for (const arg of action.call.args) {
    if (arg.kind !== 'object' || arg === payload) continue;
    const shape = shapeOf({ here, producer, sent, variable: undefined }, arg);
    const ids = shape === 'any' || shape === 'unknown' ? undefined : idsAtHand(lost, payload ?? arg);
    const entries = ids && shape !== 'any' && shape !== 'unknown' && entriesFor(lost, file, arg, ids, shape);
    if (ids && entries) return planFor({ file, at: arg.at }, ids, { entries });
  }
  return undefined;
}

interface Place {
  readonly file: FilePath;
  readonly at: Span;
}

function planFor(
  target: Place,
  ids: IdsAtHand,
  what: Partial<Pick<HandOnPlan, 'entries' | 'arguments'>>,
): HandOnPlan {
  return { kind: 'hand-on', target, from: ids.from, entries: [], arguments: [], ...what };
}

function intoObject(lost: LostCorrelation, object: ObjectExpr, ids: IdsAtHand): HandOnPlan | undefined {
  const file = lost.variable?.file ?? lost.sent.file;
  const shape = shapeOf(lost, object);
  if (shape === 'unknown') return undefined;
  const entries = entriesFor(lost, file, object, ids, shape);
  if (entries) return planFor({ file, at: object.at }, ids, { entries });
  const holder = object.entries.find((it) => containers.test(it.key) && it.value.kind === 'object');
  if (shape === 'any' || holder?.value.kind !== 'object') return undefined;
  const field = shape.fields.get(holder.key);
  const inner = field?.member.type && lost.here.model.program.fieldsOf(field.file, field.member.type);
  const nested = inner && entriesFor(lost, file, holder.value, ids, inner);
  return nested && planFor({ file, at: holder.value.at }, ids, { entries: nested });
}

const containers = /^_?(?:meta(?:data)?|headers?|context|envelope)$/i;

/** What the literal may hold: `any` where nothing limits it. */
type Shape = Fields | 'any' | 'unknown';

function shapeOf(
  {
    here: { model, levels },
    variable,
    producer,
    sent,
  }: Pick<LostCorrelation, 'here' | 'variable' | 'producer' | 'sent'>,
  object: ObjectExpr,
): Shape {
  if (variable)
    return variable.type
      ? ofType(model.program.fieldsOf(variable.file, variable.type), variable.type)
      : 'any';
  const { args } = sent.action.call;
  if (!args.includes(object)) return isEncoded(args, object) ? 'any' : 'unknown';
  const entry = levels.at(-1)?.entry;
  const [callee] = entry ? model.program.calleesOf(sent.file, entry, sent.action.call) : [];
  if (!callee) return loose.test(producer.role.library) ? 'any' : 'unknown';
  const parameter = bindingOf(model, callee.file, callee.fact.parameters[args.indexOf(object)]);
  return parameter?.type
    ? ofType(model.program.fieldsOf(callee.file, parameter.type), parameter.type)
    : 'unknown';
}

/** Libraries whose publishing calls take any object; what gives an object to amqplib's channel is a wrapper that encodes it. */
const loose =
  /^(?:@nestjs\/microservices|@nestjs\/event-emitter|amqplib|@golevelup\/nestjs-rabbitmq|node:events|events|eventemitter2)$/;

function ofType(fields: Fields, type: TypeExpr): Shape {
  const isFree =
    (type.kind === 'primitive' && /^(?:any|unknown|object)$/.test(type.name)) ||
    (type.kind === 'ref' && type.name === 'Record');
  if (isFree) return 'any';
  return fields.isOpen && fields.fields.size === 0 ? 'unknown' : fields;
}

/** Behind `JSON.stringify(…)` anything goes. */
function isEncoded(args: readonly Expr[], object: ObjectExpr): boolean {
  return args.some((it) => {
    if (it.kind === 'call')
      return /^(?:stringify|encode|serialize)$/.test(nameOf(it.callee))
        ? it.args.includes(object)
        : isEncoded(it.args, object);
    if (it.kind === 'array') return isEncoded(it.items, object);
    return (
      it.kind === 'object' &&
      isEncoded(
        it.entries.map(({ value }) => value),
        object,
      )
    );
  });
}

function nameOf(callee: Expr): string {
  return callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
}

function entriesFor(
  lost: LostCorrelation,
  file: FilePath,
  object: ObjectExpr,
  { flow, cause }: IdsAtHand,
  shape: Fields | 'any',
): readonly HandedEntry[] | undefined {
  const old = object.entries.find((it) => namesFlow(it.key));
  if (old && !isReplaceable(lost, file, old)) return undefined;
  const name = shape === 'any' ? (old?.key ?? flow.name) : fieldFor(shape, flow, namesFlow)?.name;
  if (name === undefined || (old && old.key !== name)) return undefined;
  const isFree = !object.entries.some((it) => /^causation/i.test(it.key));
  const causation =
    shape === 'any'
      ? 'causationId'
      : cause && fieldFor(shape, cause, (it) => /^causation_?id$/i.test(it))?.name;
  const added = cause && causation !== undefined && isFree ? [{ name: causation, path: cause.path }] : [];
  return [{ name, path: flow.path }, ...added];
}

function isReplaceable(lost: LostCorrelation, file: FilePath, { value }: ObjectEntry): boolean {
  return isFreshId(lost.here, file, value);
}

/** The field that takes the id: it has to take what the id is. */
function fieldFor({ fields }: Fields, id: IdAtHand, isIt: (name: string) => boolean): Field | undefined {
  return [...fields.values()].find((it) => isIt(it.name) && takes(it, id));
}

function takes({ member }: Pick<Field, 'member'>, { type, isOptional }: IdAtHand): boolean {
  if (!type || !member.type) return true;
  if (isOptional && !member.isOptional) return false;
  return isText(member.type) && isText(type);
}

function isText(type: TypeExpr): boolean {
  if (type.kind === 'union') return type.of.some(isText);
  return (
    type.kind === 'primitive' && (type.name === 'string' || type.name === 'any' || type.name === 'unknown')
  );
}

/** `new OrderPaid(order.id)`: the constructor takes the id, and nobody gives it. */
function intoNew(lost: LostCorrelation, made: NewExpr, ids: IdsAtHand): HandOnPlan | undefined {
  const { model } = lost.here;
  const file = lost.variable?.file ?? lost.sent.file;
  const type = model.program.typeOf(file, made);
  const maker =
    type &&
    model.program
      .lineageOf(type)
      .map((it) => model.program.methodOf(it, 'constructor'))
      .find((it) => it !== undefined);
  const parameters = maker?.fact.parameters.map((it) => bindingOf(model, maker.file, it)) ?? [];
  const given = (isIt: (name: string) => boolean, id: IdAtHand): HandedArgument | undefined => {
    const index = parameters.findIndex((it) => it && isIt(it.name));
    const old = made.args[index];
    const wanted = parameters[index]?.type;
    if (index < 0 || (wanted && id.type && !isText(wanted))) return undefined;
    if (old && !isFreshId(lost.here, file, old)) return undefined;
    return { index, path: id.path };
  };
  const flow = given(namesFlow, ids.flow);
  if (flow && !(ids.flow.isOptional && made.args[flow.index])) {
    const cause = ids.cause && given((it) => /^causation_?id$/i.test(it), ids.cause);
    return planFor({ file, at: made.span }, ids, { arguments: [flow, ...(cause ? [cause] : [])] });
  }
  const [only] = made.args;
  const [parameter] = parameters;
  if (!maker || made.args.length !== 1 || only?.kind !== 'object' || !parameter?.type) return undefined;
  const shape = ofType(model.program.fieldsOf(maker.file, parameter.type), parameter.type);
  const entries =
    shape === 'unknown' || shape === 'any' ? undefined : entriesFor(lost, file, only, ids, shape);
  return entries && planFor({ file, at: only.at }, ids, { entries });
}
