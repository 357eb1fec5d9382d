// Where a file says what a generic type is filled with: `const envelope: Envelope<OrderEvent> = …`.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { callsIn } from '../../facts/walk.ts';

/** A generic type with its arguments. */
export interface Use {
  readonly name: string;
  /** As the module calls it that it is imported from. */
  readonly exported: string;
  readonly args: readonly TypeExpr[];
}

/** Generic types of which a list, a promise or a part says nothing more. */
const transparent =
  /^(?:Promise|Readonly|Partial|Required|(?:Readonly)?(?:Array|Set|Map)|Record|Omit|Pick|Extract|Exclude|(?:Async)?Itera\w+|Awaited|NonNullable)$/;

/** The generic types that a file fills in, each way once. */
export const usesIn = once(({ imports, types, bindings, functions }: FileFacts): readonly Use[] => {
  const declared = types.flatMap(({ members, alias, bases, implements: implemented }) => [
    ...members.map((it) => it.type),
    ...bases,
    ...implemented,
    alias,
  ]);
  const written = [
    ...declared,
    ...bindings.map((it) => it.type),
    ...functions.flatMap((it) => [it.returns, ...callsIn(it.body).flatMap(({ call }) => call.typeArgs)]),
  ];
  const uses = new Map<string, Use>();
  for (const { name, args } of written.flatMap((it) => (it ? genericsIn(it, 4) : []))) {
    const exported = imports.find((it) => it.local === name)?.name ?? name.slice(name.lastIndexOf('.') + 1);
    if (!transparent.test(name)) uses.set(`${name} ${args.map(spelled).join()}`, { name, exported, args });
  }
  return [...uses.values()];
});

function genericsIn(type: TypeExpr, depth: number): readonly (TypeExpr & { readonly kind: 'ref' })[] {
  if (depth === 0) return [];
  const below = (it: TypeExpr | undefined): readonly (TypeExpr & { readonly kind: 'ref' })[] =>
    it ? genericsIn(it, depth - 1) : [];
  switch (type.kind) {
    case 'ref':
      return type.args.length === 0 ? [] : [type, ...type.args.flatMap(below)];
    case 'array':
      return below(type.of);
    case 'union':
    case 'intersection':
      return type.of.flatMap(below);
    case 'object':
      return type.members.flatMap((it) => below(it.type));
    case 'function':
      return below(type.returns);
    default:
      return [];
  }
}

function spelled(type: TypeExpr): string {
  if (type.kind === 'ref') return `${type.name}<${type.args.map(spelled).join()}>`;
  return type.kind === 'union' ? type.of.map(spelled).join('|') : type.kind;
}
