// `queue.send(channel, message, groupId)`, `emitter.sendMessage(groupId, message)`: where it goes or what it is sorted by comes first.
import type { Expr } from '../../facts/expressions.ts';
import type { CallSite } from './framework.ts';

/** A place to send to by its type; a plain text in the same place is a topic, which names the event. */
const place = /(?:Channel|Queue|Exchange|Destination|Connection|Stream|Topic)(?:Ref|Info|Handle|Config)?$/;
const getter =
  /^(?:get|find|resolve|open|create|make|ensure)\w*(?:Channel|Queue|Exchange|Destination|Connection)$/;
/** What keeps messages of one group in order, or tells them apart. */
const sortedBy = /^(?:key|id|partition)$|[a-z](?:Id|Key|Group|Partition)$|_(?:id|key|group|partition)$/;
const topicKey = /routing_?key$/i;
const messageName = /(?:^|[a-z_])(?:message|msg|event)$|[a-z](?:Message|Msg|Event)$/;

/** The message among the arguments, where the first one is only its address. */
export function addressed(site: CallSite): Expr | undefined {
  const [first, ...others] = site.call.args;
  return first && isAddress(site, first) ? others.find((it) => isMessage(site, it)) : undefined;
}

function isAddress({ view }: CallSite, arg: Expr): boolean {
  const type = view.typeOf(arg);
  if (type?.kind === 'ref') return place.test(type.name);
  const value = view.valueOf(arg);
  const callee = value.kind === 'call' ? value.callee : undefined;
  if (callee?.kind === 'name' || callee?.kind === 'member') return getter.test(callee.name);
  return (
    (arg.kind === 'name' || arg.kind === 'member') && sortedBy.test(arg.name) && !topicKey.test(arg.name)
  );
}

function isMessage({ view }: CallSite, arg: Expr): boolean {
  const type = view.typeOf(arg);
  if (type?.kind === 'ref' && /(?:Message|Event|Envelope)$/.test(type.name)) return true;
  if (view.valueOf(arg).kind === 'new') return true;
  return (arg.kind === 'name' || arg.kind === 'member') && messageName.test(arg.name);
}
