// Publishers whose base stands in another package: `class OrderPaidPublisher extends Publisher<OrderPaid>`.
import type { CallExpr, TypeExpr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';

const publisher = /(?:Publisher|Producer)$/;
/** Where the messages of a class go: who publishes inside of its process needs no name for that. */
const address = /^(?:subject|topic|queue(?:Name)?|exchange|routingKey|channel)$/;

/** The role of a publish that is known by its name: what such a class sends goes to a broker. */
export function throughForeignBase(
  file: FilePath,
  { callee }: CallExpr,
  role: PublishRole,
  linking: Linking,
): PublishRole {
  const isOpen = role.confidence === 'name' && role.transport === 'unknown' && callee.kind === 'member';
  const node = isOpen ? linking.calls.typing.typeOf(file, callee.object) : undefined;
  if (node?.fact.kind !== 'class' || !publisher.test(node.fact.name)) return role;
  const lineage = linking.hierarchy.lineageOf(node);
  const isAddressed = lineage.some((it) => it.fact.members.some(({ name }) => address.test(name)));
  return isAddressed && lineage.some((it) => hasForeignBase(it, linking))
    ? { ...role, transport: 'broker' }
    : role;
}

function hasForeignBase({ file, fact }: TypeNode, { program }: Linking): boolean {
  const isForeign = (it: TypeExpr): boolean =>
    it.kind === 'ref' &&
    publisher.test(it.name) &&
    program.packageOf(file, it.name.split('.')[0] ?? it.name) !== undefined;
  return fact.bases.some(isForeign);
}
