// State that a handler loads by the message it handles, and gives up on where it is not there yet.
import type { CallAction } from '../../facts/actions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { reached, type Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { isOverNetwork } from '../delivery/networks.ts';
import { isInStore, isMemoryStore, itemOf } from '../effects/memoryStores.ts';
import { lossOf, type IsLost } from '../failures/fates.ts';
import { eachAction } from '../fileIndex.ts';
import type { ConsumerNode, EventModel } from '../model.ts';
import { guardIn } from './absenceChecks.ts';
import { usedBlindlyIn } from './blindUses.ts';
import { failingUpdateIn } from './failingUpdates.ts';
import { givenUpIn, nothingToDoIn, thrownIn, type GivenUp, type Loaded } from './givingUp.ts';
import { isMadeByAnother } from './madeByAnother.ts';
import { heldOf, isListLoad, isStateLoad } from './stateLoads.ts';
import { isMadeByMessage, isMadeInFlow, storedBefore, tableOf } from './storedBefore.ts';
import { tells } from './toldMessages.ts';

export interface Absence extends GivenUp {
  readonly consumer: ConsumerNode;
  /** The service stored the row before the flow began. */
  readonly isStoredBefore?: true;
}

/** All of them, each load once. */
export function* absences(model: EventModel): Iterable<Absence> {
  const seen = new Set<string>();
  for (const { of: consumer, said } of model.saidOfConsumers('absences', (it) => absencesOf(model, it))) {
    const place = `${said.file}:${said.variable.at.start}`;
    if (seen.has(place)) continue;
    seen.add(place);
    yield { consumer, ...said };
  }
}

type Found = Omit<Absence, 'consumer'>;

function* absencesOf(model: EventModel, consumer: ConsumerNode): Iterable<Found> {
  if (!consumer.handler || !tells(model, consumer)) return;
  const isLost = lossOf(model, consumer);
  const isOfProcess = consumer.transport === 'in-process' && !isOverNetwork(model, consumer);
  const seen = new Set<FunctionFact>();
  const failed = new Set<string>();
  for (const here of reached(model, consumer.handler)) {
    for (const found of absencesIn(here, { consumer, isLost, isOfProcess })) {
      // What failed for one row comes no further than there.
      const action = here.levels.at(-1)?.action;
      const table = found.isThrown && action ? tableOf(action) : undefined;
      if (table !== undefined && failed.has(table)) continue;
      if (table !== undefined) failed.add(table);
      yield found;
    }
    if (seen.has(here.fn.fact) || isOfProcess) continue;
    seen.add(here.fn.fact);
    yield* unkeptIn(here);
  }
}

/** `if (orders[event.orderId]) orders[event.orderId].status = 'paid';`, and nothing else. */
function* unkeptIn(here: Reached): Iterable<Found> {
  const { file, fact } = here.fn;
  const guard = guardIn(here, fact.body, (condition) => {
    const item = itemOf(condition);
    return (
      item !== undefined &&
      isHandledPart(here, file, item.id) &&
      isMemoryStore(here.model, file, item.store, fact.span)
    );
  });
  const store = guard && itemOf(guard.condition)?.store;
  const name = store?.kind === 'name' || store?.kind === 'member' ? store.name : undefined;
  if (!guard || !store || name === undefined) return;
  const isChanged = eachAction(guard.then).some((it) => it.kind === 'assign' && isInStore(it.target, store));
  const variable = { name, at: store.at };
  const check = { file, at: guard.condition.at };
  if (isChanged) yield { file, variable, loaded: name, check, isPassedOver: false };
}

interface Consuming {
  readonly consumer: ConsumerNode;
  readonly isLost: IsLost;
  /** What one process tells itself comes in its order. */
  readonly isOfProcess: boolean;
}

/** What the last level's call asks for, where its function gives up without a result. */
function* absencesIn(here: Reached, consuming: Consuming): Iterable<Found> {
  const { consumer, isLost, isOfProcess } = consuming;
  const action = here.levels.at(-1)?.action;
  if (!action) return;
  if (!isOfProcess) yield* placed(here, consumer, action, [...failingUpdateIn(here, isLost)]);
  const held = heldOf(here, action);
  const [variable] = held;
  if (!variable) return;
  if (isOfProcess && !/saga|process|workflow|instance/i.test(variable.name)) return;
  const loaded = { load: action, held };
  const found = isStateLoad(here, action) ? [...ofOne(here, consuming, loaded)] : [];
  if (found.length > 0 || isOfProcess || !isListLoad(here, action)) yield* found;
  else yield* placed(here, consumer, action, [...ofList(here, loaded)]);
}

function* ofOne(here: Reached, { consumer, isLost }: Consuming, loaded: Loaded): Iterable<Found> {
  const thrown = [...thrownIn(here, isLost, loaded)];
  // One of two messages of one registration makes what the other needs: that it was stored before is then not known.
  if (thrown.length > 0 && isMadeByAnother(here, consumer, loaded.load)) {
    yield* thrown.map(({ isThrown: _, ...found }) => found);
    return;
  }
  const found = [...thrown, ...givenUpIn(here, loaded)];
  const all = found.length > 0 ? found : [...usedBlindlyIn(here, isLost, loaded)];
  yield* placed(here, consumer, loaded.load, all);
}

function ofList(here: Reached, loaded: Loaded): readonly GivenUp[] {
  return [...givenUpIn(here, loaded), ...nothingToDoIn(here, loaded)].map((it) => ({ ...it, isList: true }));
}

/**
 * What the message itself tells of is there; what was there before others went on with it, most often is. Of what is thrown for a row
 * that no message makes and no flow begins with, whatever swallows it is the fault; and that there is none in a list says something only
 * where another message makes it.
 */
function placed(
  { model, fn }: Reached,
  consumer: ConsumerNode,
  action: CallAction,
  found: readonly GivenUp[],
): readonly Found[] {
  const before = found.length > 0 ? storedBefore(model, consumer, action) : undefined;
  if (before === 'announced') return [];
  if (before === 'earlier') return found.map((it) => ({ ...it, isStoredBefore: true }));
  return found.filter((it) => {
    if (it.isList) return isMadeByMessage(model, consumer, action);
    return !it.isThrown || isMadeInFlow(model, consumer, action, fn);
  });
}
