// CloudEvents (https://cloudevents.io, the package `cloudevents`): an envelope that bears an event as its data, with id, time and
// version of its own. A trace travels as an extension, which a receiver's type does not tell.
import type { BindingId, Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { isCloudEventType } from '../../facts/messagingPackages.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { EventModel, TypeNode } from '../model.ts';
import type { Metadata, MetadataKind } from './metadataKinds.ts';

/** What the specification demands; the SDK fills in what is left out. */
const demanded: ReadonlySet<MetadataKind> = new Set(['id', 'timestamp', 'version']);
const none: Metadata = { present: new Set(), isOpen: false };

/** What a value carries by being a CloudEvent. */
export function ofCloudEvent(model: Pick<EventModel, 'program'>, file: FilePath, expr: Expr): Metadata {
  return makesCloudEvent(model, file, expr) ? { present: demanded, isOpen: false } : none;
}

/** What the client puts around whatever it is told to publish. */
export function ofClient({ isCloudEvent }: PublishRole): Metadata {
  return isCloudEvent ? { present: demanded, isOpen: false } : none;
}

/** What comes around a type that consumers take out of a CloudEvent. */
export function ofReceived(model: EventModel, { fact }: TypeNode): Metadata {
  return isTaken(model, fact) ? { present: demanded, isOpen: true } : none;
}

/** `new CloudEvent({ type, data })`. */
export function makesCloudEvent(
  { program }: Pick<EventModel, 'program'>,
  file: FilePath,
  expr: Expr,
): boolean {
  if (expr.kind !== 'new' || expr.callee.kind !== 'name') return false;
  return isCloudEventType(program.packageOf(file, expr.callee.name), expr.callee.name);
}

/** The types that consumers take out of a CloudEvent: `CloudEvent<OrderPlaced>`, `const event = cloudEvent.data as OrderPlaced`. */
function isTaken(model: EventModel, fact: TypeFact): boolean {
  return foundInFiles(model, 'taken out of CloudEvents', takenIn).some(
    ({ file, type }) => type.kind === 'ref' && model.program.typeNamed(file, type.name)?.fact === fact,
  );
}

const takenIn = once((facts: FileFacts): readonly Taken[] =>
  typesTakenIn(facts).map((type) => ({ file: facts.file, type })),
);

interface Taken {
  readonly file: FilePath;
  readonly type: TypeExpr;
}

function typesTakenIn(facts: FileFacts): readonly TypeExpr[] {
  if (!facts.imports.some((it) => isCloudEventType(it.from, it.name))) return [];
  const envelopes = new Map(facts.bindings.map((it, id) => [id, it.type ? envelopesIn(facts, it.type) : []]));
  const cast = facts.bindings.flatMap(({ takenAs, init }) => {
    const root = init && rootOf(init);
    return takenAs && root !== undefined && envelopes.get(root)?.length ? [takenAs] : [];
  });
  return [...[...envelopes.values()].flat(), ...cast];
}

/** What the CloudEvents in a type carry. */
function envelopesIn(facts: FileFacts, type: TypeExpr): readonly TypeExpr[] {
  if (type.kind === 'array') return envelopesIn(facts, type.of);
  if (type.kind === 'union') return type.of.flatMap((it) => envelopesIn(facts, it));
  if (type.kind !== 'ref') return [];
  const imported = facts.imports.find((it) => it.local === type.name);
  return isCloudEventType(imported?.from, imported?.name ?? '')
    ? type.args
    : type.args.flatMap((it) => envelopesIn(facts, it));
}

function rootOf(expr: Expr): BindingId | undefined {
  if (expr.kind === 'member') return rootOf(expr.object);
  return expr.kind === 'name' ? expr.binding : undefined;
}
