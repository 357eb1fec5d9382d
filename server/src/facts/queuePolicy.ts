// What the options of a RabbitMQ queue say about messages that fail. Extraction and model read them alike.
import type { Expr, ObjectExpr } from './expressions.ts';
import type { FailurePolicy, Written } from './roles.ts';

const targets = /^(?:deadLetterExchange|x-dead-letter-exchange)$/;
const limits = /^(?:messageTtl|x-message-ttl|x-delivery-limit)$/;

/** By the names of amqplib, or by RabbitMQ's own in the arguments for the broker. */
export function policyIn(options: Expr, args: Expr | undefined): FailurePolicy {
  const objects = [options, ...(args ? [args] : [])].filter((it) => it.kind === 'object');
  const isOpen = options.kind !== 'object' || (args && args.kind !== 'object') || objects.some(isUnread);
  const has = (names: RegExp): boolean =>
    objects.some((object) => object.entries.some((it) => names.test(it.key) && !isAbsent(it.value)));
  const of = (isGiven: boolean): Written => (isGiven ? 'given' : isOpen ? 'unknown' : 'none');
  return { deadLetter: of(has(targets)), limit: of(has(limits) || objects.some(isQuorum)) };
}

/** More may stand in it than can be read. */
export function isUnread(object: ObjectExpr): boolean {
  return object.spreads.length > 0 || object.entries.some((it) => it.key === '[]');
}

/** `null` and `undefined` say that nothing is given. */
export function isAbsent(value: Expr): boolean {
  return (
    (value.kind === 'literal' && /^(?:null|undefined)$/.test(value.text)) ||
    (value.kind === 'name' && value.name === 'undefined')
  );
}

/** Quorum queues count deliveries and give up by themselves since RabbitMQ 4.0. */
function isQuorum({ entries }: ObjectExpr): boolean {
  const type = entries.find((it) => it.key === 'x-queue-type')?.value;
  return type !== undefined && !(type.kind === 'string' && type.value === 'classic');
}
