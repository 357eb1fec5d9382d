// What becomes of a kafkajs consumer that ran out of retries: it starts again and gets the same message, unless `restartOnFailure`
// says otherwise. The number of `retries` alone ends nothing. https://kafka.js.org/docs/configuration#retry
import type { Expr } from '../../facts/expressions.ts';
import { isUnread } from '../../facts/queuePolicy.ts';
import type { FailurePolicy, QueueRole, Written } from '../../facts/roles.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { spreadOut } from '../spreads.ts';
import { isFrom, type CallSite } from './framework.ts';

const library = 'kafkajs';

/** `new Kafka({ retry: { restartOnFailure } })`, `kafka.consumer({ retry: { restartOnFailure } })`: for consumers that are run elsewhere. */
export function restartsGiven({ view, name, action, origin, arg }: CallSite): readonly QueueRole[] {
  const isClient = action.isNew === true && name === 'Kafka';
  const isConsumer = name === 'consumer' && origin?.name === 'Kafka';
  if ((!isClient && !isConsumer) || !isFrom(origin, [library])) return [];
  const limit = endOf(view, arg(0));
  return limit ? [{ kind: 'queue', library, deadLetter: 'unknown', limit }] : [];
}

/** What the consumer says, or else its client; undefined where they were made elsewhere. */
export function restartPolicy(view: FileView, consumer: Expr | undefined): FailurePolicy | undefined {
  const made = consumer && view.makingOf(consumer);
  if (made?.kind !== 'call' || made.callee.kind !== 'member' || made.callee.name !== 'consumer')
    return undefined;
  const client = view.makingOf(made.callee.object);
  const own = endOf(view, made.args[0]);
  const limit = own ?? (client.kind === 'new' ? (endOf(view, client.args[0]) ?? 'none') : undefined);
  return limit && { deadLetter: 'none', limit };
}

/** Whether the consumer is stopped in the end; undefined where the options say nothing of it. */
function endOf(view: FileView, options: Expr | undefined): Written | undefined {
  if (!options) return undefined;
  const object = view.valueOf(options);
  if (object.kind !== 'object') return 'unknown';
  const whole = spreadOut(object, view.valueOf);
  const retry = view.entryOf(whole, 'retry');
  if (!retry) return isUnread(whole) ? 'unknown' : undefined;
  if (retry.kind !== 'object' || isUnread(spreadOut(retry, view.valueOf))) return 'unknown';
  const restart = view.entryOf(retry, 'restartOnFailure');
  return restart && (isAlways(view, restart) ? 'none' : 'given');
}

/** `async () => true` is what kafkajs does by itself. */
function isAlways({ facts }: FileView, restart: Expr): boolean {
  const body = restart.kind === 'function' ? facts.functions[restart.function]?.body : undefined;
  const given = [...actionsIn(body ?? [])].flatMap((it) => (it.kind === 'return' ? [it.value] : []));
  return given.length > 0 && given.every((it) => it?.kind === 'literal' && it.text === 'true');
}
