// Envelopes that a function makes of an event's schema: `Enveloped(OrderEvent)`, where
// `Enveloped = (event) => z.intersection(z.object({ eventId, … }), event)`.
import type { BindingId, CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { actionsIn } from '../../facts/walk.ts';
import { kindsNamed } from './metadata.ts';
import type { Aliases, Metadata, MetadataKind } from './metadataKinds.ts';

interface Made {
  readonly call: CallExpr;
  /** The names of what the function is given. */
  readonly given: readonly string[];
}

/** What is made of something by a call, and may be an envelope around it. */
export const madeIn = once(({ bindings }: FileFacts): readonly Made[] =>
  bindings.flatMap(({ isTopLevel, init }) => {
    if (isTopLevel !== true || init?.kind !== 'call' || init.callee.kind !== 'name') return [];
    const given = init.args.flatMap((it) => (it.kind === 'name' ? [it.name] : []));
    return given.length > 0 ? [{ call: init, given }] : [];
  }),
);

/** The keys of the objects that stand around a parameter in what a function returns. */
export function addedBy(fact: FunctionFact, aliases: Aliases): Metadata {
  const parameters = new Set(fact.parameters);
  const returned = actionsIn(fact.body).flatMap((it) => (it.kind === 'return' && it.value ? [it.value] : []));
  const keys = returned
    .filter((it) => isAround(it, parameters))
    .flatMap(objectsIn)
    .flatMap((it) => it.entries)
    .filter(({ value }) => !(value.kind === 'name' && isOneOf(value, parameters)));
  const named = kindsNamed(
    keys.map((it) => it.key),
    aliases,
  );
  const dated: readonly MetadataKind[] = keys.some(({ value }) => isDate(value)) ? ['timestamp'] : [];
  const isInStream = ['stream', 'sequence'].every((word) => keys.some(({ key }) => saysOf(key, word)));
  const placed: readonly MetadataKind[] = isInStream ? ['id'] : [];
  return { present: new Set([...named, ...dated, ...placed]), isOpen: false };
}

function isAround(expr: Expr, parameters: ReadonlySet<BindingId>): boolean {
  switch (expr.kind) {
    case 'name':
      return isOneOf(expr, parameters);
    case 'member':
      return isAround(expr.object, parameters);
    case 'call':
      return [expr.callee, ...expr.args].some((it) => isAround(it, parameters));
    case 'object':
      return expr.entries.some((it) => isAround(it.value, parameters));
    default:
      return false;
  }
}

function isOneOf({ binding }: Expr & { readonly kind: 'name' }, parameters: ReadonlySet<BindingId>): boolean {
  return binding !== undefined && parameters.has(binding);
}

/** `z.intersection(z.object({ … }), event)`, `event.extend({ … })`: the outermost ones. */
function objectsIn(expr: Expr): readonly (Expr & { readonly kind: 'object' })[] {
  if (expr.kind === 'object') return [expr];
  if (expr.kind === 'member') return objectsIn(expr.object);
  return expr.kind === 'call' ? [expr.callee, ...expr.args].flatMap(objectsIn) : [];
}

/** `z.date()`, `z.coerce.date()`, `z.iso.datetime()`: what an envelope dates is the event. */
function isDate(expr: Expr): boolean {
  return expr.kind === 'call' && expr.callee.kind === 'member' && /^date(?:time)?$/i.test(expr.callee.name);
}

/** `stream_id` and `sequenceNumber` say together which event it is. */
function saysOf(key: string, word: string): boolean {
  return key.toLowerCase().startsWith(word);
}
