// Queues of RabbitMQ that are bound to their routing keys in another file than the one that consumes them: what comes is known by the keys.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { areSame } from '../../same.ts';
import type { FilePath } from '../../text.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Message, ReadMessage } from '../messages/message.ts';
import type { Linking } from '../program.ts';
import { entryOf } from '../resolution/values.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { itemBehind } from './listedHandlers.ts';

/** `bindQueue('kitchen.orders', 'food', 'order.placed')`, by the queue. */
interface Binding {
  readonly queue: string;
  readonly file: FilePath;
  readonly key: Expr;
}

/** What comes to the queue that a consumer names, where another file binds it; the consumer itself where none does. */
export function atBoundQueues(linking: Linking, read: ReadMessage): (draft: ConsumerDraft) => ConsumerDraft {
  const bindings = linking.keeper.lookUp(
    'bindings of queues',
    () => byQueue(saidOfFiles(linking, 'binds queues', (facts) => bindingsIn(facts, linking))),
    (one, other) => areSame(one, other, (a, b) => a.key === b.key),
  );
  const arriving = (message: Message): readonly Message[] => {
    const bound = message.kind === 'name' ? bindings(message.name) : undefined;
    const known = bound?.flatMap((it) => read(it.file, it.key)).filter((it) => it.kind === 'name') ?? [];
    return known.length > 0 ? known : [message];
  };
  return (draft) => {
    if (draft.fact.library !== 'amqplib' || draft.fact.isRequest) return draft;
    const messages = draft.messages.flatMap(arriving);
    return messages.every((it) => draft.messages.includes(it)) ? draft : { ...draft, messages };
  };
}

function byQueue(all: readonly Binding[]): ReadonlyMap<string, readonly Binding[]> {
  const found = new Map<string, Binding[]>();
  for (const it of all) found.set(it.queue, [...(found.get(it.queue) ?? []), it]);
  return found;
}

function bindingsIn(facts: FileFacts, linking: Linking): readonly Binding[] {
  const calls = facts.functions.flatMap(({ body }) => callsIn(body));
  return calls.flatMap(({ call }): readonly Binding[] => {
    if (calleeName(call.callee) !== 'bindQueue') return [];
    const [queue, exchange, key] = call.args;
    // A fanout exchange has an empty routing key: then the exchange names the event.
    const said = key?.kind === 'string' && key.value === '' ? exchange : key;
    if (!queue || !said) return [];
    const name = queueNamed(facts, queue, linking);
    return name === undefined
      ? listedIn(facts, queue, said, linking)
      : [{ queue: name, file: facts.file, key: said }];
  });
}

/** `for (const q of queues) await channel.bindQueue(q.name, 'food', q.key)`: one for each item that is written out. */
function listedIn(facts: FileFacts, queue: Expr, key: Expr, { program }: Linking): readonly Binding[] {
  const [named, keyed] = [itemBehind(facts, queue), itemBehind(facts, key)];
  const list = named && program.valueOf(facts.file, named.list);
  if (!named || !keyed || list?.expr.kind !== 'array') return [];
  return list.expr.items.flatMap((item) => {
    const name = entryAt(item, named.path);
    const text = name && program.stringOf(list.file, name);
    const said = entryAt(item, keyed.path);
    return text !== undefined && said ? [{ queue: text, file: list.file, key: said }] : [];
  });
}

function entryAt(item: Expr, path: readonly string[]): Expr | undefined {
  return path.reduce<Expr | undefined>(
    (it, key) => (it?.kind === 'object' ? entryOf(it, key) : undefined),
    item,
  );
}

/** `'kitchen.orders'`, `q.queue` of `const q = await channel.assertQueue('kitchen.orders')`, or `queue` of `const { queue } = …`. */
function queueNamed(facts: FileFacts, queue: Expr, { values }: Linking): string | undefined {
  const text = values.stringOf(facts.file, queue);
  if (text !== undefined) return text;
  const member = heldBy(facts, queue) ?? queue;
  if (member.kind !== 'member' || member.name !== 'queue') return undefined;
  const made = heldBy(facts, member.object) ?? member.object;
  const isAsserted = made.kind === 'call' && calleeName(made.callee) === 'assertQueue';
  const [asserted] = isAsserted ? made.args : [];
  return asserted && values.stringOf(facts.file, asserted);
}

function heldBy({ bindings }: FileFacts, expr: Expr): Expr | undefined {
  return expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding]?.init : undefined;
}
