// Names that types bear besides their own: `type OrderPlaced = z.infer<typeof orderPlacedSchema>`.
import type { FileFacts, TypeFact } from '../facts/facts.ts';
import { saidOfFiles } from './about.ts';
import type { EventModel, TypeNode } from './model.ts';
import { perModel } from './perModel.ts';

/** The type that an alias names without adding anything: a plain reference, or what a schema infers. */
export function namedBy(
  { program }: Pick<EventModel, 'program'>,
  { file, fact }: TypeNode,
): TypeNode | undefined {
  if (fact.alias?.kind !== 'ref') return undefined;
  const args = fact.alias.args;
  const inner = args.length === 0 ? fact.alias : args.find((it) => it.kind === 'typeof');
  const named =
    inner?.kind === 'ref' || inner?.kind === 'typeof' ? program.typeNamed(file, inner.name) : undefined;
  return named && named.fact !== fact ? named : undefined;
}

/** For each type of the workspace the aliases that name it. */
export const aliasesOf = perModel((model: EventModel): ReadonlyMap<TypeFact, readonly TypeNode[]> => {
  const aliases = new Map<TypeFact, TypeNode[]>();
  for (const { alias, named } of saidOfFiles(model, 'aliases', (it) => aliasesIn(model, it))) {
    const known = aliases.get(named);
    if (known) known.push(alias);
    else aliases.set(named, [alias]);
  }
  return aliases;
});

function aliasesIn(
  model: EventModel,
  { file, types }: FileFacts,
): readonly { readonly alias: TypeNode; readonly named: TypeFact }[] {
  return types.flatMap((fact) => {
    const named = namedBy(model, { file, fact });
    return named ? [{ alias: { file, fact }, named: named.fact }] : [];
  });
}
