// Messages that are put back as they came: a consumer of a topic for retries waits and hands them to the main topic once more.
import { callsIn } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';
import type { ConsumerNode, Effect, EventModel } from '../model.ts';
import { eventKey } from '../names/names.ts';
import { isDetour } from '../names/spelling.ts';

const waits = /(?:^|\.|[a-z])(?:delay|sleep|wait|backoff|pause|setTimeout)/i;

/** Whether what is published is the handled message itself, whole, out of a detour or after a while to the topic of its name: no second one, and no hop to another. */
export function isPutBack(
  model: EventModel,
  { handler, fact, events }: ConsumerNode,
  effect: Effect,
): boolean {
  const { role, via, file } = effect;
  if (role.kind !== 'publish' || !handler || via.length > 0 || file !== handler.file) return false;
  const { payload } = role;
  const taken = handler.fact.parameters[fact.eventParameter];
  if (payload?.kind !== 'name' || payload.binding === undefined || payload.binding !== taken) return false;
  if (events.length > 0 && events.every((it) => isDetour(it.name))) return true;
  const isLater = callsIn(handler.fact.body).some(
    ({ call }) => call.at.start < effect.at.start && waits.test(pathOf(call.callee)),
  );
  if (!isLater) return false;
  const place = model.program.stringOf(file, role.channel ?? role.event);
  return place !== undefined && events.some((it) => eventKey(it.name) === eventKey(place));
}
