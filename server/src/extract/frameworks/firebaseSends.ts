// What firebase-admin sends: events over a channel of Eventarc, and tasks to a queue.
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole, RemoteRole } from '../../facts/roles.ts';
import { isFrom, type CallSite } from './framework.ts';

const library = 'firebase-admin';

/** `getEventarc().channel().publish({ type: 'order.placed', source, data })`, one event or several. */
export function sentByChannel({ name, origin, call, view }: CallSite): readonly PublishRole[] {
  if (name !== 'publish' || origin?.name !== 'Channel' || !isFrom(origin, [library])) return [];
  const [given] = call.args;
  const list = given && view.valueOf(given);
  const events = list?.kind === 'array' ? list.items : given ? [given] : [];
  return events.map((it) => {
    const payload = view.entryOf(it, 'data');
    const type = view.entryOf(it, 'type') ?? it;
    return { ...sent(type), ...(payload && { payload }), isCloudEvent: true as const };
  });
}

/** `getFunctions().taskQueue('chargeCard').enqueue(order, { id })`: a second task of the same id is refused. */
export function enqueued({ name, origin, call, view, receiver }: CallSite): readonly PublishRole[] {
  if (name !== 'enqueue' || origin?.name !== 'TaskQueue' || !isFrom(origin, [library])) return [];
  const made = receiver && view.makingOf(receiver);
  const [queue] = made?.kind === 'call' ? made.args : [];
  const [payload] = call.args;
  const id = view.entryOf(call.args[1], 'id');
  return [
    {
      ...sent(queue ?? { kind: 'unknown', at: call.at }),
      ...(payload && { payload }),
      isRequest: true,
      ...(id && { deduplicationKey: id }),
    },
  ];
}

/** `getMessaging().sendEachForMulticast({ tokens, notification })`: what a telephone shows. */
export function pushed({ name, origin }: CallSite): readonly RemoteRole[] {
  const isPush = /^send(?:All|Each|Multicast|EachForMulticast|To\w+)?$/.test(name);
  if (!isPush || origin?.name !== 'Messaging' || !isFrom(origin, [library])) return [];
  return [{ kind: 'remote', library, what: 'other', hasTimeLimit: true, confidence: 'type' }];
}

function sent(event: Expr): PublishRole {
  return { kind: 'publish', library, transport: 'broker', event, gives: 'promise', confidence: 'type' };
}
