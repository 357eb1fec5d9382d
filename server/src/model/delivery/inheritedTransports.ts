// A class that a base calls is reached the way the base is: `class StockConsumer extends KafkaConsumer` reads from Kafka, though
// nothing in its own file says so.
import type { TypeFact } from '../../facts/facts.ts';
import type { Transport } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Linking } from '../program.ts';

/** The transport of the base that calls a handler; undefined where no base registers anything. */
export function inheritedTransports(linking: Linking): (consumer: ConsumerDraft) => Transport | undefined {
  const typeOf = (file: FilePath, name: string | undefined): TypeFact | undefined => {
    const facts = linking.files.get(file);
    return facts && name !== undefined ? indexOf(facts).types.get(name) : undefined;
  };
  const ofBase = new Map<TypeFact, Transport>();
  const registering = saidOfFiles(linking, 'registers its handler', ({ file, consumers }) =>
    consumers.flatMap(({ library, owner, transport }) => {
      const base = library === 'own-bus' ? undefined : typeOf(file, owner);
      return base ? [{ base, transport }] : [];
    }),
  );
  for (const { base, transport } of registering) if (!ofBase.has(base)) ofBase.set(base, transport);
  return ({ fact, handler, registeredIn }) => {
    if (fact.library !== 'own-bus' || fact.transport !== 'unknown' || !handler || ofBase.size === 0)
      return undefined;
    const lineage = [
      { file: registeredIn, fact: typeOf(registeredIn, fact.owner) },
      { file: handler.file, fact: typeOf(handler.file, handler.fact.owner) },
    ].flatMap((it) => (it.fact ? linking.hierarchy.lineageOf({ file: it.file, fact: it.fact }) : []));
    return lineage.map((it) => ofBase.get(it.fact)).find((it) => it !== undefined);
  };
}
