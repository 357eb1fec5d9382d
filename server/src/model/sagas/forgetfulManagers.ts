// Process managers that keep the state of their sagas in a collection in memory: a restart forgets all that are under way.
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { placeNameOf, sagaName } from '../../facts/sagaWords.ts';
import type { FilePath, Span } from '../../text.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel } from '../model.ts';
import { collectionsIn, usesIn, withCallees } from './memoryCollections.ts';

export interface ForgetfulManager {
  readonly file: FilePath;
  readonly at: Span;
  /** The collection. */
  readonly name: string;
}

/** All of them: what one reaction puts there another asks for, and more than one message goes out. */
export function forgetfulManagers(model: EventModel): readonly ForgetfulManager[] {
  return saidOfFiles(model, 'process managers that forget', (facts) => managersIn(model, facts));
}

function managersIn(model: EventModel, facts: FileFacts): readonly ForgetfulManager[] {
  const kept = collectionsIn(facts);
  if (kept.length === 0) return [];
  const reactions = [...handlersIn(model, facts), ...streamsIn(facts)];
  return kept.flatMap(({ name, at, owner }) => {
    const users = reactions
      .filter((it) => owner === undefined || it.owner === owner)
      .map((it) => ({ ...it, uses: usesIn(facts, it.functions, { name, isField: owner !== undefined }) }))
      .filter((it) => it.uses.size > 0);
    const uses = new Set(users.flatMap((it) => [...it.uses]));
    const events = new Set(users.flatMap((it) => it.events));
    const sends = users.reduce((sum, it) => sum + it.sends, 0);
    const isKept = uses.has('put') && uses.has('ask') && events.size > 1 && sends > 1;
    const isNamed = progress.test(name) || sagaName.test(`${owner ?? ''} ${placeNameOf(facts.file)}`);
    // Prices that one message sets and another reads are no progress: who goes on with a saga changes what it finds.
    const isMoved = users.some((it) => it.uses.has('ask') && (it.uses.has('put') || it.uses.has('drop')));
    return isKept && (isNamed || isMoved) ? [{ file: facts.file, at, name }] : [];
  });
}

interface Reaction {
  readonly owner: string | undefined;
  /** The handler, and what it calls in its own file. */
  readonly functions: readonly FunctionFact[];
  readonly events: readonly string[];
  readonly sends: number;
}

/** Handlers of the file that write nothing down. */
function handlersIn(model: EventModel, facts: FileFacts): readonly Reaction[] {
  return model.consumers.flatMap((consumer): readonly Reaction[] => {
    const { handler, events, transport } = consumer;
    if (handler?.file !== facts.file) return [];
    const { owner } = handler.fact;
    const isMeant = transport === 'broker' || sagaName.test(`${owner ?? ''} ${placeNameOf(facts.file)}`);
    const { effects } = model.bodyOfConsumer(consumer);
    if (!isMeant || effects.some(({ role }) => role.kind === 'write')) return [];
    const sent = new Set(effects.filter(({ role }) => role.kind === 'publish').map((it) => it.at.start));
    return [
      {
        owner,
        functions: withCallees(facts, handler.fact),
        events: events.map((it) => it.key),
        sends: sent.size,
      },
    ];
  });
}

/** Streams of NestJS: each gives commands. */
function streamsIn(facts: FileFacts): readonly Reaction[] {
  return facts.sagas.flatMap(({ form, function: id, name, owner }): readonly Reaction[] => {
    const fn = form === 'stream' && id !== undefined ? facts.functions[id] : undefined;
    return fn ? [{ owner, functions: withCallees(facts, fn), events: [name], sends: 1 }] : [];
  });
}

/** What says that it is how far something came. */
const progress = /saga|state|status|progress|phase|step|process|flow/i;
