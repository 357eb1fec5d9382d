// The messages that a value may be by its written type: through unions, aliases, arrays and promises, and types of packages not here.
import type { CallExpr, Expr, TypeExpr } from '../../facts/expressions.ts';
import { isEnvelopeType } from '../../facts/messagingPackages.ts';
import type { FilePath } from '../../text.ts';
import { evidenceOf, isBaseName, isMessageType, isPayloadName } from '../events/evidence.ts';
import { eventMembers } from '../events/unionMembers.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import { statesFact } from '../names/names.ts';
import { literalsOf } from '../names/spelling.ts';
import type { Linking } from '../program.ts';
import type { Message } from './message.ts';

/** A union of more members than this is what a whole system speaks, and says nothing of one place. */
const maxMembers = 24;
const maxDepth = 5;
const containers = new Set([
  'Promise',
  'Readonly',
  'Awaited',
  'NonNullable',
  'Set',
  'Iterable',
  'AsyncIterable',
]);

/** The events that a written type stands for; empty where it says nothing. */
export function messagesTyped(linking: Linking, file: FilePath, type: TypeExpr): readonly Message[] {
  const found = inType(linking, file, type, 0);
  return found.length <= maxMembers ? found : [];
}

/** `takeChanges(): TEvent[]` of `Aggregate<TEvent>`: what the aggregate at hand gives for its base's parameter. */
export function messagesFilledIn(
  linking: Linking,
  file: FilePath,
  call: CallExpr,
  callees: readonly FunctionNode[],
): readonly Message[] {
  const typed = linking.calls.typing.typedOf(file, call);
  const isWritten = typed?.kind !== 'written' || callees.some((it) => it.fact.returns === typed.type);
  return isWritten ? [] : messagesTyped(linking, typed.file, typed.type);
}

/** `OrderPlacedEvent` or `Subjects.OrderPlaced` of a package that is not in the workspace: the name is all there is to know. */
export function foreignName({ program }: Linking, file: FilePath, expr: Expr): string | undefined {
  const root = expr.kind === 'member' ? expr.object : expr;
  if (root.kind !== 'name' || (expr.kind !== 'name' && expr.kind !== 'member')) return undefined;
  if (!/^[A-Z]/.test(root.name) || (expr.kind === 'member' && !/^[A-Z]/.test(expr.name))) return undefined;
  if (isBaseName(expr.name.slice(expr.name.lastIndexOf('.') + 1))) return undefined;
  const isForeign = program.packageOf(file, root.name) !== undefined || root.binding === undefined;
  return isForeign && (statesFact(expr.name) || /[a-z\d]Event$/.test(expr.name)) ? expr.name : undefined;
}

/** The name of a member of an enum, whatever its value is. */
export function enumMember({ values }: Linking, file: FilePath, expr: Expr): string | undefined {
  if (expr.kind !== 'member') return undefined;
  const owner = values.evaluate(file, expr.object);
  return owner.kind === 'type' && owner.node.fact.kind === 'enum' ? expr.name : undefined;
}

/** `name: EventName` with `type EventName = 'order.placed' | 'order.shipped'`. */
export function writtenOut({ values }: Linking, file: FilePath, type: TypeExpr): TypeExpr {
  const alias = type.kind === 'ref' ? values.typeNamed(file, type.name)?.fact.alias : undefined;
  return alias ?? type;
}

function inType(linking: Linking, file: FilePath, type: TypeExpr, depth: number): readonly Message[] {
  if (depth > maxDepth) return [];
  const inner = (it: TypeExpr): readonly Message[] => inType(linking, file, it, depth + 1);
  if (type.kind === 'array') return inner(type.of);
  if (type.kind === 'union') return type.of.flatMap(inner);
  if (type.kind !== 'ref') return [];
  if (containers.has(type.name)) return type.args.slice(0, 1).flatMap(inner);
  const node = linking.values.typeNamed(file, type.name);
  if (!node) {
    if (isForeignEnvelope(linking, file, type.name)) return inEnvelope(type.args, inner);
    const name = foreignName(linking, file, { kind: 'name', name: type.name, at: type.at });
    return name === undefined ? [] : [{ kind: 'name', name, isForeign: true }];
  }
  if (isEvent(node, linking)) return [{ kind: 'type', node }];
  const alias = inAlias(linking, node, depth);
  return alias.length > 0 ? alias : named(type.args);
}

/** `DomainEvent<'OrderPlaced'>`: the literal that is written says which one. */
function named(args: readonly TypeExpr[]): readonly Message[] {
  return args.flatMap(literalsOf).flatMap((name) => (statesFact(name) ? [{ kind: 'name', name }] : []));
}

/** What Lambda hands over, and envelopes of packages: they say how an event came, not which. */
function isForeignEnvelope({ program }: Linking, file: FilePath, name: string): boolean {
  return isEnvelopeType(program.packageOf(file, name), name);
}

/** `EventBridgeEvent<'order.placed', OrderPlaced>`: the type of its content, or else the name that is written. */
function inEnvelope(
  args: readonly TypeExpr[],
  inner: (type: TypeExpr) => readonly Message[],
): readonly Message[] {
  const typed = args.flatMap(inner);
  return typed.length > 0 ? typed : args.flatMap(literalsOf).map((name): Message => ({ kind: 'name', name }));
}

function inAlias(linking: Linking, node: TypeNode, depth: number): readonly Message[] {
  const { alias } = node.fact;
  if (!alias || node.fact.notAnEvent) return [];
  if (alias.kind !== 'union') return inType(linking, node.file, alias, depth + 1);
  const own = eventMembers(node.fact).map((fact): Message => ({ kind: 'type', node: { ...node, fact } }));
  return [...alias.of.flatMap((it) => inType(linking, node.file, it, depth + 1)), ...own];
}

function isEvent(node: TypeNode, { files }: Linking): boolean {
  const facts = files.get(node.file);
  if (!facts || !isMessageType(node) || isPayloadName(node.fact.name)) return false;
  return evidenceOf(facts, node.fact) > 0;
}

/** `target.routingKey: string` names a message, and is not one of the type of `target`. */
export function isText({ calls }: Linking, file: FilePath, expr: Expr): boolean {
  const typed = expr.kind === 'member' ? calls.typing.typedOf(file, expr) : undefined;
  return typed?.kind === 'written' && typed.type.kind === 'primitive';
}

/** The messages that a name or member may be by the type that it is declared with. */
export function messagesDeclared(linking: Linking, file: FilePath, expr: Expr): readonly Message[] {
  if (expr.kind !== 'name' && expr.kind !== 'member') return [];
  const { typing } = linking.calls;
  const typed = typing.typedOf(file, expr);
  if (typed?.kind === 'written') {
    const literals = literalsOf(writtenOut(linking, typed.file, typed.type));
    if (literals.length > 0) return literals.map((name) => ({ kind: 'name', name }));
    const events = messagesTyped(linking, typed.file, typed.type);
    if (events.length > 0) return events;
  }
  const node = typing.typeOf(file, expr);
  return node && isMessageType(node) && !isPayloadName(node.fact.name) ? [{ kind: 'type', node }] : [];
}
