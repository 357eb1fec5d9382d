// What a function of the workspace puts around each event that it is handed, before it publishes the whole: an envelope that is
// written where it is made, and has no type of its own.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { actionsIn, namesIn } from '../../facts/walk.ts';
import type { FilePath, Place } from '../../text.ts';
import { decoded, handedBy } from '../messages/contents.ts';
import type { EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { beside, callsWithin } from './envelopes.ts';
import { behind, isGivenMore, ofObject, ofValue, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';

/** An envelope on the way of an event. */
export interface Wrapping {
  /** The function that makes it. */
  readonly place: Place;
  readonly name: string;
  readonly envelope: Expr;
  /** What it says beside the event, what goes with it, and what the event itself says. */
  readonly known: readonly Metadata[];
}

/** So many functions may hand an event on to the one that publishes it. */
const furthest = 3;
const handingOn = /publish|emit|send|dispatch|produce/i;

/** The envelopes that are written around an event between whoever hands it over and the broker. */
export function wrappingsOf(model: EventModel, event: EventNode, aliases: Aliases): readonly Wrapping[] {
  if (!event.producers.every((it) => it.role.transport === 'broker')) return [];
  return event.producers.flatMap((it) => {
    const made = madeAtCall(model, it, aliases);
    return made.length > 0 ? made : madeInside(model, it, aliases);
  });
}

/** `send({ topic, messages: [{ value: enveloped({ orderId }) }] })`. */
function madeAtCall(model: EventModel, producer: ProducerNode, aliases: Aliases): readonly Wrapping[] {
  const { file, role, action } = producer;
  const value = role.payload && written(model, file, role.payload);
  if (value?.kind !== 'call') return [];
  return model.program
    .functionsOf(file, value.callee)
    .flatMap((maker) =>
      returnedBy(model, maker).map((envelope) =>
        wrappingOf(maker, envelope, [
          ofEnvelope(model, maker.file, envelope, aliases),
          beside(model, file, action.call, role, aliases),
          ofHandedIn(model, file, value.args, aliases),
        ]),
      ),
    );
}

/** `publish('order.placed', { orderId })`, where `publish` sends `{ type, payload }`. */
function madeInside(model: EventModel, producer: ProducerNode, aliases: Aliases): readonly Wrapping[] {
  const { file, fn, action } = producer;
  const payload = ofHandedIn(model, file, handedBy(producer), aliases);
  return sendsBehind(model, { file, fact: fn.fact }, action.call, furthest).flatMap((it) => {
    const envelope = written(model, it.fn.file, it.role.payload ?? it.role.event);
    if (!isAround(model, it.fn, envelope)) return [];
    const known = [
      ofEnvelope(model, it.fn.file, envelope, aliases),
      beside(model, it.fn.file, it.action.call, it.role, aliases),
      payload,
    ];
    return [wrappingOf(it.fn, envelope, known)];
  });
}

/** What is sent as it was written, by whatever names. */
function written(model: EventModel, file: FilePath, sent: Expr): Expr {
  const value = decoded(model, file, sent);
  return isGivenMore(model, file, value) ? value : behind(model, file, value);
}

interface Send {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  readonly role: PublishRole;
}

/** The calls that publish in the functions that a call runs. */
function sendsBehind(model: EventModel, fn: FunctionNode, call: CallExpr, depth: number): readonly Send[] {
  if (depth === 0) return [];
  return model.program.calleesOf(fn.file, fn, call).flatMap((callee) =>
    callsWithin(model, callee).flatMap((action): readonly Send[] => {
      const role = action.roles.find((it) => it.kind === 'publish');
      if (role) return [{ fn: callee, action, role }];
      const { callee: next } = action.call;
      const name = next.kind === 'member' || next.kind === 'name' ? next.name : '';
      return handingOn.test(name) ? sendsBehind(model, callee, action.call, depth - 1) : [];
    }),
  );
}

function wrappingOf({ file, fact }: FunctionNode, envelope: Expr, known: readonly Metadata[]): Wrapping {
  return { place: { file, at: fact.at }, name: fact.name, envelope, known };
}

/** The envelopes that a function gives. */
function returnedBy(model: EventModel, fn: FunctionNode): readonly ObjectExpr[] {
  return actionsIn(fn.fact.body).flatMap((it) => {
    const value = it.kind === 'return' && it.value ? written(model, fn.file, it.value) : undefined;
    return value && isAround(model, fn, value) ? [value] : [];
  });
}

/** An object that bears what the function is handed. */
function isAround({ files }: EventModel, { file }: FunctionNode, value: Expr): value is ObjectExpr {
  if (value.kind !== 'object') return false;
  const bindings = files.get(file)?.bindings ?? [];
  const borne = [...value.entries.map((it) => it.value), ...value.spreads];
  return borne.some((it) =>
    [...namesIn(it)].some(({ binding }) => binding !== undefined && bindings[binding]?.kind === 'parameter'),
  );
}

/** Its own entries, and those of objects in it that are not the event. */
function ofEnvelope(model: EventModel, file: FilePath, envelope: ObjectExpr, aliases: Aliases): Metadata {
  const inner = envelope.entries.filter(
    ({ key, value }) => value.kind === 'object' && !/^(?:data|payload|body|detail)$/.test(key),
  );
  return together([envelope, ...inner.map((it) => it.value)].map((it) => ofObject(model, file, it, aliases)));
}

/** What the event that is handed in says itself; texts name it. */
function ofHandedIn(model: EventModel, file: FilePath, args: readonly Expr[], aliases: Aliases): Metadata {
  const given = args.filter((it) => !isText(model, file, it));
  return together(given.map((it) => ofValue(model, file, checked(it), aliases)));
}

function isText({ files, program }: EventModel, file: FilePath, expr: Expr): boolean {
  if (program.stringOf(file, expr) !== undefined) return true;
  if (expr.kind !== 'name' || expr.binding === undefined) return false;
  const type = files.get(file)?.bindings[expr.binding]?.type;
  return type?.kind === 'primitive' && type.name === 'string';
}

/** `OrderPlacedSchema.parse({ orderId })`. */
function checked(expr: Expr): Expr {
  if (expr.kind !== 'call' || expr.callee.kind !== 'member' || expr.callee.name !== 'parse') return expr;
  return expr.args[0] ?? expr;
}
