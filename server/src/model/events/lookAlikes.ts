// Types of the form of events that are none, as the other types of their file tell: answers, hooks and the frames of a stream.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { statesFact } from '../names/names.ts';
import { isForPeople } from './recordsForPeople.ts';
import { tagOf } from './tags.ts';
import { undoneIn } from './undoLists.ts';

/** What a union is called that says how something ended, what is to be done, or in which state something is. */
const answerName =
  /(?:Actions?|Outcomes?|Results?|States?|Status|Reply|Response|Verdict|Decision|Reason|Skip)$/;
/** What keeps a connection open or comes in pieces: nobody's business has such parts. */
const frameTag = /^(?:keep-?alive|heart-?beat|ping|pong|progress|chunk|delta|token)$/i;
/** What names an event where it is defined, and what says how its content is made. */
const naming = /^(?:type|name|subject|topic|event|eventType|eventName)$/;
const bearing = /^(?:schema|payload|payloadSchema|data|dataSchema)$/;
const hookName = /(?:^|[a-z])(Before|After)([A-Z]\w*)Event$/;

/** Whether a type only looks like an event. */
export function isLookAlike(facts: FileFacts, fact: TypeFact): boolean {
  return notEvents(facts).has(fact.name);
}

/** Whether the members of a union of that name are answers, orders or states. */
export function isAnswerName(name: string): boolean {
  return answerName.test(name);
}

const notEvents = once((facts: FileFacts): ReadonlySet<string> => {
  const { types, bindings } = facts;
  const own = types.filter((it) => it.bases.length + it.implements.length === 0);
  const alike = [...answersIn(own), ...hooksIn(own), ...framesIn(own), ...own.filter(isForPeople)];
  const found = new Set([...alike.map((it) => it.name), ...undoneIn(facts)]);
  for (const it of types) if (isBuiltOn(it, found)) found.add(it.name);
  for (const it of bindings) for (const name of contentsIn(it.init)) found.add(name);
  return found;
});

function isBuiltOn({ bases, implements: implemented }: TypeFact, names: ReadonlySet<string>): boolean {
  return [...bases, ...implemented].some((it) => it.kind === 'ref' && names.has(it.name));
}

/** `defineEvent({ type: 'OrderPlaced', version: 1, schema: OrderPlacedSchema })`: the event is what is defined, and the schema its content. */
function contentsIn(init: Expr | undefined): readonly string[] {
  const objects = init?.kind === 'call' ? init.args : init ? [init] : [];
  return objects.flatMap((it) => {
    const entries = it.kind === 'object' ? it.entries : [];
    if (!entries.some(({ key }) => naming.test(key))) return [];
    return entries.flatMap(({ key, value }) =>
      bearing.test(key) && value.kind === 'name' ? [value.name] : [],
    );
  });
}

/** `type LoadResult = LoadSkipped | LoadFound`, each with a `kind` of one word: what a function gives back. */
function answersIn(types: readonly TypeFact[]): readonly TypeFact[] {
  const answers = new Set(types.filter((it) => answerName.test(it.name)).flatMap(membersOfUnion));
  return types.filter((it) => answers.has(it.name) && /^[a-z]+$/.test(tagOf(it) ?? ''));
}

/** `BeforeChargeEvent` beside `AfterChargeEvent`: what a host hands to a plugin that hangs on to its work. A class is there to be made. */
function hooksIn(types: readonly TypeFact[]): readonly TypeFact[] {
  const hooks = types.map((it) => hookName.exec(it.name) ?? []);
  const after = new Set(hooks.flatMap(([, when, work]) => (when === 'After' ? [work] : [])));
  const isPair = hooks.some(([, when, work]) => when === 'Before' && after.has(work));
  return isPair ? types.filter((it) => it.kind !== 'class' && /[a-z]Event$/.test(it.name)) : [];
}

/** A union with a `keepalive` or a `chunk` in it whose members state no fact: what comes over one open connection. */
function framesIn(types: readonly TypeFact[]): readonly TypeFact[] {
  const byName = new Map(types.map((it) => [it.name, it]));
  const frames = new Set<string>();
  for (const union of types) {
    const names = membersOfUnion(union);
    const tags = names.flatMap((it) => tagOf(byName.get(it) ?? union) ?? []);
    if (!tags.some((it) => frameTag.test(it)) || [...names, ...tags].some(statesFact)) continue;
    for (const it of [union.name, ...names]) frames.add(it);
  }
  const inferred = types.filter((it) => namesIn(it.alias).some((name) => frames.has(name)));
  return [...types.filter((it) => frames.has(it.name)), ...inferred];
}

function membersOfUnion({ alias }: TypeFact): readonly string[] {
  return alias?.kind === 'union' ? alias.of.flatMap((it) => namesIn(it)) : [];
}

/** The types that an alias is made of: of `z.infer<typeof OrderSchema>` the schema. */
function namesIn(type: TypeExpr | undefined): readonly string[] {
  if (type?.kind !== 'ref' && type?.kind !== 'typeof') return [];
  return [type.name, ...(type.kind === 'ref' ? type.args.flatMap(namesIn) : [])];
}
