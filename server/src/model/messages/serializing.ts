// What becomes of an event's fields on the way through JSON. A type that can't be resolved is taken for one that survives.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { TypeFact } from '../../facts/facts.ts';
import type { Transport } from '../../facts/roles.ts';
import { table } from '../../table.ts';
import type { FilePath } from '../../text.ts';
import { saidOfEvents } from '../incremental/about.ts';
import type { EventModel, EventNode, Field, TypeNode } from '../model.ts';
import { isConverted } from './convertedFields.ts';
import { isRevived } from './revivedFields.ts';

/** What JSON does to a value: it throws, drops it, empties it, or makes a string of it. */
export type Loss = 'bigint' | 'symbol' | 'function' | 'Map' | 'Set' | 'Date' | 'undefined' | 'instance';

export interface LostField {
  readonly field: Field;
  readonly loss: Loss;
  /** The field's path from the event: `items`. */
  readonly path: string;
  /** For an instance: its class. */
  readonly type?: TypeNode;
}

/** The fields of an event that do not survive JSON, each with the reason. */
export function lostFields(model: EventModel, event: EventNode): readonly LostField[] {
  return event.declarations.flatMap((node) => {
    if (writesItself(model, node)) return [];
    const { fields } = model.program.fieldsOf(node.file, node);
    const context: Context = { model, isSent: isSent(event), seen: new Set([node]) };
    const lost = [...fields.values()].flatMap((it) => lostIn(context, it, it.name));
    const isData = [...fields.values()].filter((it) => it.member.type?.kind !== 'function').length > 1;
    return lost.filter(({ field, loss }) => {
      if (loss === 'function') return isData && !isImplemented(model, field);
      if (loss === 'Date' && isRevived(model, event, field.name)) return false;
      return !isConverted(model, event, field.name);
    });
  });
}

/** An interface that classes implement describes behaviour, which stays where it is. */
function isImplemented({ program }: EventModel, { from }: Field): boolean {
  return from !== undefined && program.subtypesOf(from).length > 0;
}

/**
 * Whether an event may leave this process: it was seen to go through a broker, or nobody was seen to publish it nor any other
 * event of its kind.
 */
export function mayTravel(model: EventModel, event: EventNode, isLocal: LocalBases): boolean {
  const transports = transportsOf(event);
  // The row of an outbox is stored; what travels is in it.
  if (/^(?:Outbox|Inbox)[A-Z]/.test(event.name) && !transports.includes('broker')) return false;
  if (transports.length > 0) return transports.some((it) => it === 'broker' || it === 'outbox');
  const kin = event.declarations.flatMap((it) => model.program.lineageOf(it).slice(1));
  return kin.every((it) => !isLocal(it.fact));
}

function transportsOf({ producers, consumers }: EventNode): readonly Transport[] {
  return [...producers.map((it) => it.role.transport), ...consumers.map((it) => it.transport)];
}

/** Whether every event of a base that was seen to travel stays in its process. */
export type LocalBases = (base: TypeFact) => boolean;

/** To be made before anything is asked of a model that was kept from the one before. */
export function localBases(model: EventModel): LocalBases {
  const isLocal = model.keeper.lookUp('local bases', () => travelling(model), Object.is);
  return (base) => isLocal(base) ?? false;
}

function travelling(model: EventModel): ReadonlyMap<TypeFact, boolean> {
  const local = new Map<TypeFact, boolean>();
  for (const { said } of saidOfEvents(model, 'bases that stay or travel', (it) => basesOf(model, it)))
    local.set(said.base, said.isLocal && local.get(said.base) !== false);
  return local;
}

/** What an event extends that was seen to travel, and whether it stays in its process. */
function basesOf({ program }: EventModel, event: EventNode): readonly { base: TypeFact; isLocal: boolean }[] {
  const transports = transportsOf(event);
  if (transports.length === 0) return [];
  const isLocal = !transports.some((it) => it === 'broker' || it === 'outbox');
  return event.declarations
    .flatMap((it) => program.lineageOf(it).slice(1))
    .map(({ fact }) => ({ base: fact, isLocal }));
}

interface Context {
  readonly model: EventModel;
  readonly isSent: boolean;
  readonly seen: ReadonlySet<TypeNode>;
}

function isSent({ producers }: EventNode): boolean {
  return producers.some(({ role }) => role.transport === 'broker' || role.transport === 'outbox');
}

const writing = /^(?:toJSON|serialize|serialise|toPrimitives|toPayload|toObject|toMessage|toDto|toPlain)$/i;

/** A class that makes its own message decides there what travels. */
function writesItself({ program, files }: EventModel, node: TypeNode): boolean {
  return program
    .lineageOf(node)
    .some((it) =>
      (files.get(it.file)?.functions ?? []).some((fn) => fn.owner === it.fact.name && writing.test(fn.name)),
    );
}

function lostIn(context: Context, field: Field, path: string): readonly LostField[] {
  const { type, decorators } = field.member;
  if (!type || (decorators ?? []).some((it) => /^(?:Type|Transform|Exclude)$/.test(it.name))) return [];
  if (type.kind === 'function' && field.from?.fact.kind !== 'interface' && field.from?.fact.kind !== 'alias')
    return [];
  return lossOf(context, { field, path, type, file: field.file });
}

interface Asked {
  readonly field: Field;
  readonly path: string;
  readonly type: TypeExpr;
  readonly file: FilePath;
}

function lossOf(context: Context, asked: Asked): readonly LostField[] {
  const { type, field, path } = asked;
  if (type.kind === 'primitive')
    return type.name === 'bigint' || type.name === 'symbol' ? [{ field, path, loss: type.name }] : [];
  if (type.kind === 'function') return [{ field, path, loss: 'function' }];
  if (type.kind === 'array') return lossOfItems(context, asked, type.of);
  if (type.kind === 'object') {
    return type.members.flatMap((member) =>
      lostIn(context, { name: member.name, file: asked.file, member }, `${path}.${member.name}`),
    );
  }
  // A union with another form may well be written in that one: `Date | string`.
  if (type.kind === 'union') {
    const rest = type.of.filter((it) => !isNothing(it));
    const [only] = rest;
    return only && rest.length === 1 ? lossOf(context, { ...asked, type: only }) : [];
  }
  return type.kind === 'ref' ? lossOfReference(context, asked, type) : [];
}

function lossOfItems(context: Context, asked: Asked, items: TypeExpr): readonly LostField[] {
  const isHoled =
    items.kind === 'union' && items.of.some((it) => it.kind === 'primitive' && it.name === 'undefined');
  if (isHoled) return [{ field: asked.field, path: asked.path, loss: 'undefined' }];
  return lossOf(context, { ...asked, type: items });
}

function isNothing(type: TypeExpr): boolean {
  if (type.kind === 'literal') return type.value === 'null' || type.value === 'undefined';
  return type.kind === 'primitive' && (type.name === 'null' || type.name === 'undefined');
}

const builtIn: Readonly<Record<string, Loss>> = table({
  Map: 'Map', ReadonlyMap: 'Map', WeakMap: 'Map', Set: 'Set', ReadonlySet: 'Set', WeakSet: 'Set',
  Date: 'Date', Function: 'function',
}); // prettier-ignore
const wrapping = new Set(['Readonly', 'Required', 'Partial', 'NonNullable']);
const listing = new Set(['Array', 'ReadonlyArray']);

function lossOfReference(
  context: Context,
  asked: Asked,
  { name, args }: Extract<TypeExpr, { kind: 'ref' }>,
): readonly LostField[] {
  const { field, path, file } = asked;
  const [first] = args;
  if (first && wrapping.has(name)) return lossOf(context, { ...asked, type: first });
  if (first && listing.has(name)) return lossOfItems(context, asked, first);
  const named = context.model.program.typeNamed(file, name);
  if (!named) {
    const loss = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
    return loss && context.model.program.packageOf(file, name) === undefined ? [{ field, path, loss }] : [];
  }
  if (named.fact.kind === 'class') return lossOfInstance(context, asked, named);
  if (context.seen.has(named) || context.seen.size > 4 || named.fact.parameters.length > 0) return [];
  const { fields } = context.model.program.fieldsOf(named.file, named);
  const inner = { ...context, seen: new Set([...context.seen, named]) };
  return [...fields.values()].flatMap((it) => lostIn(inner, it, `${path}.${it.name}`));
}

/** Only where the event was seen to leave the process: elsewhere a class stands for its data as often as not. */
function lossOfInstance(context: Context, { field, path }: Asked, type: TypeNode): readonly LostField[] {
  if (!context.isSent || writesItself(context.model, type)) return [];
  const functions = context.model.files.get(type.file)?.functions ?? [];
  const behaves = functions.some(
    (it) => it.owner === type.fact.name && it.kind === 'method' && it.isStatic !== true,
  );
  return behaves ? [{ field, path, loss: 'instance', type }] : [];
}
