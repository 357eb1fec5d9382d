// What another service was asked to hold before a message went out whose failure nobody hears: the failure is announced, and what is held
// stays so.
import { reachedFrom } from '../delivery/redelivered.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { unheardFailures } from '../failures/unheardFailures.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { wordsOf } from '../names/names.ts';
import { producersOf } from '../producers/sent.ts';
import { failureWords } from '../sagas/replies.ts';
import { isCommand } from '../sagas/sagaSigns.ts';
import { endsByItself, gives, namesIn, taking, takings } from './spokenHolds.ts';

export interface UnheardHold {
  readonly failure: EventNode;
  readonly failed: ProducerNode;
  /** Who holds it, and the request that it was asked by. */
  readonly holding: ConsumerNode;
  readonly asked: Effect;
  readonly command: string;
}

/** What a flow can't do without. */
const needed = /^(?:payment|billing|charge|order|shipment|shipping|delivery|fulfillment|card)$/;

/** A user or a clock may end it as well. */
const ended = /cancel|anul|annul|storn|expir|venc|error/;

/** All of them; a failure that may be heard elsewhere is none. */
export function unheardHolds(model: EventModel): readonly UnheardHold[] {
  return unheardFailures(model, failureWords).flatMap(({ event: failure }) => {
    const isFailure = wordsOf(failure.name).some((it) => needed.test(it)) && !ended.test(failure.key);
    if (!isFailure) return [];
    const found = failure.producers.flatMap((failed) =>
      startsOf(model, failed).flatMap((start) => heldBefore(model, start, failed)),
    );
    return found.slice(0, 1).map((it) => ({ failure, ...it }));
  });
}

/** Who published, in another service, what the consumer heard that announces the failure. */
function startsOf(model: EventModel, failed: ProducerNode): readonly ProducerNode[] {
  const service = model.serviceOf(failed.file);
  const hearing = model.consumers.filter(
    ({ handler, file }) =>
      handler !== undefined &&
      model.serviceOf(file) === service &&
      reachedFrom(model, handler).some(({ fact }) => fact === failed.fn.fact),
  );
  const sent = hearing.flatMap((it) => it.events).flatMap((it) => it.producers);
  return sent.filter((it) => model.serviceOf(it.file) !== service);
}

function heldBefore(
  model: EventModel,
  start: ProducerNode,
  failed: ProducerNode,
): readonly Omit<UnheardHold, 'failure'>[] {
  const callers = callersOf(model, start.fn).map(({ caller }) => caller);
  const outer = callers.flatMap((it) => callersOf(model, it).map(({ caller }) => caller));
  return [start.fn, ...callers, ...outer].flatMap((fn: FunctionNode) => {
    const { effects } = model.bodyOf(fn);
    const begun = effects.find((it) => producersOf(model, it).includes(start));
    if (!begun) return [];
    const before = effects.filter((it) => isCommand(it) && !it.inCatch && placeOf(it) < placeOf(begun));
    return before.flatMap((asked) => {
      const command =
        asked.role.kind === 'publish' ? commandNamed(model.program, asked.file, asked.role.event) : '';
      const holding = model.consumers.find((it) =>
        it.events.some((one) => one.name === command || one.wireNames.includes(command)),
      );
      return holding && isHeld(model, holding, failed) ? [{ failed, holding, asked, command }] : [];
    });
  });
}

function placeOf(effect: Effect): number {
  return (effect.via[0] ?? effect).at.start;
}

/** Another service than the one that failed holds it, and has nothing that gives it back. */
function isHeld(model: EventModel, holding: ConsumerNode, failed: ProducerNode): boolean {
  const service = model.serviceOf(holding.file);
  if (service === model.serviceOf(failed.file) || endsByItself(model, holding)) return false;
  const held = namesIn(model, holding).filter((it) => taking.test(it));
  const isGivenBack = takings(model).some(
    ({ file, what }) =>
      model.serviceOf(file) === service && (what === '' || held.some((it) => gives(what, it))),
  );
  return held.length > 0 && !isGivenBack;
}
