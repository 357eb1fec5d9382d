// Names that types bear besides their own: `type OrderPlaced = z.infer<typeof orderPlacedSchema>`.
import type { TypeFact } from '../facts/facts.ts';
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
  for (const { file, types } of model.files.values()) {
    for (const fact of types) {
      const named = namedBy(model, { file, fact });
      if (!named) continue;
      const known = aliases.get(named.fact);
      if (known) known.push({ file, fact });
      else aliases.set(named.fact, [{ file, fact }]);
    }
  }
  return aliases;
});
