// Events that are declared as members of a union, and nowhere else: `type OrderEvent = { type: 'OrderPlaced'; … } | …`.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { TypeFact } from '../../facts/facts.ts';
import type { Span } from '../../text.ts';
import { isParticiple, statesFact, wordsOf } from '../names/names.ts';
import { isAnswerName } from './lookAlikes.ts';
import { tagOf } from './tags.ts';

const known = new WeakMap<TypeFact, readonly TypeFact[]>();

/** The members that are written out and tagged, as types of their own; empty for a union of anything else than events. */
export function eventMembers(fact: TypeFact): readonly TypeFact[] {
  let found = known.get(fact);
  if (!found) known.set(fact, (found = readMembers(fact)));
  return found;
}

function readMembers(fact: TypeFact): readonly TypeFact[] {
  if (!fact.alias || fact.notAnEvent || isAnswerName(fact.name)) return [];
  const members = writtenIn(fact.alias).flatMap((it) => unionMember(fact, it));
  if (members.length === 0) return [];
  const stating = members.filter((it) => statesFact(it.name));
  if (stating.length * 2 > members.length) return members;
  return /[a-z]Events?$/.test(fact.name) && members.some((it) => tells(it.name)) ? members : [];
}

/** The members of a union; of one that is joined to something, each with that. */
function writtenIn(alias: TypeExpr): readonly TypeExpr[] {
  if (alias.kind === 'union') return alias.of;
  const parts = alias.kind === 'intersection' ? alias.of : [];
  const [union, ...others] = parts.filter((it) => it.kind === 'union');
  if (!union || others.length > 0) return [];
  const joined = parts.filter((it) => it !== union);
  return union.of.flatMap((it) =>
    isWritten(it) ? [{ kind: 'intersection', of: [it, ...joined], at: it.at } as const] : [],
  );
}

/** `created`, `order.place`: in a union of events one word that is no participle (`call`) says in which part of a talk it is. */
function tells(tag: string): boolean {
  const words = wordsOf(tag);
  return !asks(tag) && (words.length > 1 || words.some(isParticiple));
}

/** `addItem`, `ADD_ITEM`: what a state machine or a workflow is asked to do; types and topics are written otherwise. */
function asks(tag: string): boolean {
  return /^(?:[a-z]+[A-Z]|[A-Z]+_)/.test(tag) && !statesFact(tag);
}

function unionMember(union: TypeFact, type: TypeExpr): readonly TypeFact[] {
  if (!isWritten(type)) return [];
  const fact: TypeFact = { ...union, alias: type, members: [], bases: [], implements: [], span: type.at };
  const name = tagOf(fact);
  const at = tagPlace(type);
  return name === undefined || !at ? [] : [{ ...fact, name, at }];
}

function isWritten(type: TypeExpr): boolean {
  return (
    type.kind === 'object' || type.kind === 'intersection' || (type.kind === 'ref' && type.args.length > 0)
  );
}

function tagPlace(type: TypeExpr): Span | undefined {
  if (type.kind === 'intersection') return type.of.map(tagPlace).find((it) => it !== undefined);
  if (type.kind === 'ref') return type.args.find((it) => it.kind === 'literal')?.at;
  if (type.kind !== 'object') return undefined;
  return type.members.map((it) => it.type).find((it) => it?.kind === 'literal')?.at;
}
