// Where a NestJS service says that RabbitMQ need not wait for its handlers: `noAck: true`.
import type { FileFacts } from '../facts/facts.ts';
import type { Place } from '../text.ts';
import { saidOfFiles } from './about.ts';
import { indexOf } from './fileIndex.ts';
import type { ConsumerNode, EventModel } from './model.ts';
import { entryOf } from './values.ts';

/** The place for the service of a consumer whose messages RabbitMQ forgets. */
export function statedNoAck(model: EventModel, { file, isForgotten }: ConsumerNode): Place | undefined {
  if (!isForgotten) return undefined;
  const service = model.serviceOf(file);
  const stated = saidOfFiles(model, 'says noAck', (facts) => statedIn(model, facts));
  return stated.find((it) => model.serviceOf(it.startedIn) === service)?.place;
}

interface Stated {
  readonly startedIn: string;
  readonly place: Place;
}

function* statedIn(model: EventModel, facts: FileFacts): Iterable<Stated> {
  const { calls } = indexOf(facts);
  const starts = ['createMicroservice', 'connectMicroservice'].flatMap((it) => calls.get(it) ?? []);
  for (const arg of starts.flatMap(({ action }) => action.call.args)) {
    const given = model.program.objectOf(facts.file, arg);
    const transport = given && entryOf(given.object, 'transport');
    const options = given && entryOf(given.object, 'options');
    if (!given || transport?.kind !== 'member' || transport.name !== 'RMQ' || options?.kind !== 'object')
      continue;
    const noAck = options.entries.find((it) => it.key === 'noAck');
    if (noAck?.value.kind === 'literal' && noAck.value.text === 'true')
      yield { startedIn: facts.file, place: { file: given.file, at: noAck.at } };
  }
}
