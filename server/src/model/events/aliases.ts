// Names that types bear besides their own: `type OrderPlaced = z.infer<typeof orderPlacedSchema>`.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { areSame } from '../../same.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, TypeNode } from '../model.ts';

/** The type that an alias names without adding anything: a plain reference, what a schema infers, or what a schema checks. */
export function namedBy(
  { program }: Pick<EventModel, 'program'>,
  { file, fact }: TypeNode,
): TypeNode | undefined {
  const inner = fact.kind === 'schema' ? fact.implements[0] : namedIn(fact);
  const named =
    inner?.kind === 'ref' || inner?.kind === 'typeof' ? program.typeNamed(file, inner.name) : undefined;
  return named && named.fact !== fact ? named : undefined;
}

function namedIn({ alias }: TypeFact): TypeExpr | undefined {
  if (alias?.kind !== 'ref') return undefined;
  return alias.args.length === 0 ? alias : alias.args.find((it) => it.kind === 'typeof');
}

/** The aliases that name a type; who asks depends on those alone. */
export function aliasesIn(linking: Linking): EventModel['aliasesOf'] {
  const find = linking.keeper.lookUp('aliases', () => byType(linking), areSameTypes);
  return (type) => find(type) ?? [];
}

type Linking = Pick<EventModel, 'keeper' | 'files' | 'program'>;

function byType(linking: Linking): ReadonlyMap<TypeFact, readonly TypeNode[]> {
  const aliases = new Map<TypeFact, TypeNode[]>();
  for (const { alias, named } of saidOfFiles(linking, 'aliases', (it) => ofFile(linking, it))) {
    const known = aliases.get(named);
    if (known) known.push(alias);
    else aliases.set(named, [alias]);
  }
  return aliases;
}

function areSameTypes(one: readonly TypeNode[], other: readonly TypeNode[]): boolean {
  return areSame(one, other, (a, b) => a.fact === b.fact);
}

function ofFile(
  linking: Linking,
  { file, types }: FileFacts,
): readonly { readonly alias: TypeNode; readonly named: TypeFact }[] {
  return types.flatMap((fact) => {
    const named = namedBy(linking, { file, fact });
    return named ? [{ alias: { file, fact }, named: named.fact }] : [];
  });
}
