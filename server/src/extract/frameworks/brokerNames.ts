// Whether a bus of the workspace or of an unknown package is called after a product that delivers at least once.
import { pathOf } from '../paths.ts';
import type { CallSite } from './framework.ts';

const brokerName = /nats|kafka|rabbit|amqp|jet_?stream|\bs[qn]s|[a-z]S[QN]S/i;

/** `kafkaBus.publish(…)`, `new OrderPlacedPublisher(natsWrapper.client).publish(…)`: by its name, its type or what it works with. */
export function namesBroker(site: CallSite): boolean {
  const { receiver, origin, name, view } = site;
  const made = receiver && view.valueOf(receiver);
  const handed = made?.kind === 'new' ? made.args.map((it) => pathOf(it).join(' ')) : [];
  const way = receiver ? pathOf(receiver) : [];
  return brokerName.test([...way, origin?.name ?? '', name, ...handed].join(' '));
}
