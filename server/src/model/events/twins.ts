// Several declarations of one event that are mended in one place: a type and the schema that checks it, an event and what it bears.
import type { TypeExpr } from '../../facts/expressions.ts';
import { bearing } from '../metadata/generalEnvelopes.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';
import { namedBy } from './aliases.ts';

/** Whether another declaration of the event is the one to mend: what it names, bears or checks once more is mended with it. */
export function isSpokenFor(model: EventModel, event: EventNode, node: TypeNode): boolean {
  const others = event.declarations.filter((it) => it.fact !== node.fact);
  if (others.length === 0) return false;
  const named = namedBy(model, node);
  if (named !== undefined && others.some((it) => it.fact === named.fact)) return true;
  if (others.some((it) => bears(model, it, node) && !bears(model, node, it))) return true;
  return node.fact.kind === 'schema' && others.some((it) => isCheckedBy(model, it, node));
}

/** The schemas beside a type that check the same event: what they know comes with it. */
export function checksOf(
  model: EventModel,
  { declarations }: EventNode,
  node: TypeNode,
): readonly TypeNode[] {
  return declarations.filter((it) => it.fact.kind === 'schema' && isCheckedBy(model, node, it));
}

/** `interface OrderPlaced` and `const orderPlacedSchema = z.object({ … })` in one file, or in two of which one imports the other. */
function isCheckedBy(model: EventModel, type: TypeNode, schema: TypeNode): boolean {
  if (type.fact.kind === 'schema' || namedBy(model, type)?.fact.kind === 'schema') return false;
  return type.file === schema.file || imports(model, type, schema) || imports(model, schema, type);
}

function imports({ files, program }: EventModel, { file }: TypeNode, other: TypeNode): boolean {
  const named = files.get(file)?.imports.filter((it) => it.name === other.fact.name) ?? [];
  return named.some((it) => program.typeNamed(file, it.local)?.fact === other.fact);
}

/** `OrderPlacedEvent { data: OrderPlaced }`, `type OrderPlacedEvent = DomainEvent<'OrderPlaced', OrderPlaced>`. */
function bears(model: EventModel, envelope: TypeNode, content: TypeNode): boolean {
  const { file, fact } = envelope;
  if (namedBy(model, envelope)) return false;
  return borneBy(fact.alias, fact.members).some(
    (it) =>
      (it.kind === 'ref' || it.kind === 'typeof') &&
      model.program.typeNamed(file, it.name)?.fact === content.fact,
  );
}

function borneBy(alias: TypeExpr | undefined, members: TypeNode['fact']['members']): readonly TypeExpr[] {
  const own = members.flatMap((it) => (bearing.test(it.name) && it.type ? [it.type] : []));
  if (alias?.kind === 'object') return borneBy(undefined, alias.members);
  if (alias?.kind === 'ref') return alias.args;
  if (alias?.kind !== 'intersection') return own;
  return alias.of.flatMap((it) => (it.kind === 'object' ? borneBy(it, []) : [it, ...borneBy(it, [])]));
}
