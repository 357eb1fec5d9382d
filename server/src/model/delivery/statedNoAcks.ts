// Where a NestJS service says that RabbitMQ need not wait for its handlers: `noAck: true`, or options without `noAck`, which NestJS
// fills in so.
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { isSamePlace } from '../../same.ts';
import type { Place } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel } from '../model.ts';
import { entryOf } from '../resolution/values.ts';
import { optionsGiven } from './microserviceOptions.ts';

/** A place that says so, and whether it does by what it leaves out. */
export interface StatedNoAck extends Place {
  readonly isLeftOut?: true;
}

/** The place for the service of a consumer whose messages RabbitMQ forgets. */
export function statedNoAck(model: EventModel, { file, isForgotten }: ConsumerNode): StatedNoAck | undefined {
  if (!isForgotten) return undefined;
  const service = model.serviceOf(file);
  return statedOf(model)(service)?.place;
}

/** To be made before anything is asked of a model that was kept from the one before. */
export const statedOf = once((model: EventModel) =>
  model.keeper.lookUp('services that say noAck', () => byService(model), isSameAs),
);

/** The first place of each service. */
function byService(model: EventModel): ReadonlyMap<string, Stated> {
  const stated = saidOfFiles(model, 'says noAck', (facts) => statedIn(model, facts));
  return new Map(stated.toReversed().map((it) => [model.serviceOf(it.startedIn), it]));
}

const isSameAs = ({ place }: Stated, other: Stated): boolean =>
  isSamePlace(place, other.place) && place.isLeftOut === other.place.isLeftOut;

interface Stated {
  readonly startedIn: string;
  readonly place: StatedNoAck;
}

function* statedIn(model: EventModel, facts: FileFacts): Iterable<Stated> {
  const { calls } = indexOf(facts);
  const starts = ['createMicroservice', 'connectMicroservice'].flatMap((it) => calls.get(it) ?? []);
  for (const arg of starts.flatMap(({ action }) => action.call.args)) {
    const given = optionsGiven(model, facts.file, arg);
    const transport = given && entryOf(given.object, 'transport');
    const options = given?.object.entries.find((it) => it.key === 'options');
    const isRabbit = transport?.kind === 'member' && transport.name === 'RMQ';
    if (!given || !isRabbit || options?.value.kind !== 'object') continue;
    const { file } = given;
    const noAck = options.value.entries.find((it) => it.key === 'noAck');
    const isWhole = options.value.spreads.length === 0;
    if (noAck?.value.kind === 'literal' && noAck.value.text === 'true')
      yield { startedIn: facts.file, place: { file, at: noAck.at } };
    if (!noAck && isWhole) yield { startedIn: facts.file, place: { file, at: options.at, isLeftOut: true } };
  }
}
