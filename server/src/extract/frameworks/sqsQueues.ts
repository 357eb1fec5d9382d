// SQS queues as code declares them, and messages that are made visible again at once.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite } from './framework.ts';

const constructs = ['aws-cdk-lib/aws-sqs', '@aws-cdk/aws-sqs'];
const lastResort = /dlq|dead|fail|poison|parking|error/i;

/** `new Queue(this, 'Orders', { deadLetterQueue })` of the CDK, and `ChangeMessageVisibility` to nothing. */
export function queueRoles(site: CallSite): readonly Role[] {
  if (site.action.isNew) return declared(site);
  const given = site.arg(0);
  const command = site.name === 'send' && given?.kind === 'new' ? given : undefined;
  const name = command?.callee.kind === 'name' ? command.callee.name : site.name;
  if (name === 'CreateQueueCommand') return created(site, command?.args[0]);
  const isDelete = isOfClient(site, 'deleteMessage') || isOfClient(site, 'deleteMessageBatch');
  if (isDelete || /^DeleteMessage(?:Batch)?Command$/.test(name))
    return [{ kind: 'ack', library: 'aws', what: 'ack' }];
  if (!/^[cC]hangeMessageVisibility(?:Command)?$/.test(name)) return [];
  const input = command ? command.args[0] : given;
  const timeout = site.view.entryOf(input, 'VisibilityTimeout');
  const isAtOnce = timeout?.kind === 'literal' && timeout.text === '0';
  return isAtOnce ? [{ kind: 'ack', library: 'aws', what: 'requeue' }] : [];
}

/** `sqs.deleteMessage({ … })` of the client that has a method for each command. */
export function isOfClient({ name, origin }: CallSite, method: string): boolean {
  return name === method && /^(?:aws-sdk|@aws-sdk)(?:\/|$)/.test(origin?.from ?? '');
}

/** `new CreateQueueCommand({ QueueName, Attributes: { RedrivePolicy } })`; another call may set it later. */
function created({ view }: CallSite, input: Expr | undefined): readonly Role[] {
  const queue = view.entryOf(input, 'QueueName');
  const attributes = view.entryOf(input, 'Attributes');
  if (!queue || (queue.kind === 'string' && lastResort.test(queue.value))) return [];
  const isGiven = view.entryOf(attributes, 'RedrivePolicy') !== undefined;
  const isOpen =
    (attributes && (attributes.kind !== 'object' || attributes.spreads.length > 0)) ||
    view.facts.imports.some((it) => it.name === 'SetQueueAttributesCommand');
  const written = isGiven ? 'given' : isOpen ? 'unknown' : 'none';
  return [{ kind: 'queue', library: 'aws', queue, deadLetter: written, limit: written }];
}

function declared({ name, origin, call, view, action }: CallSite): readonly Role[] {
  const isQueue = isFrom(origin, constructs) || (origin?.from === 'aws-cdk-lib' && origin.name === 'aws_sqs');
  const [, queue, options] = call.args;
  if (name !== 'Queue' || !isQueue || !queue) return [];
  const id = view.valueOf(queue);
  const object = options && view.valueOf(options);
  if (id.kind !== 'string' || lastResort.test(id.value) || isTarget(view, action)) return [];
  const isRead = !options || (object?.kind === 'object' && object.spreads.length === 0);
  const isGiven = view.entryOf(options, 'deadLetterQueue') !== undefined;
  const deadLetter = isGiven ? 'given' : isRead ? 'none' : 'unknown';
  // Without a redrive policy a message comes back until its retention ends.
  return [
    {
      kind: 'queue',
      library: 'aws',
      queue,
      deadLetter,
      limit: isGiven ? 'given' : isRead ? 'none' : 'unknown',
    },
  ];
}

/** `deadLetterQueue: { queue: parked, … }` of another queue. */
function isTarget(view: FileView, { result }: CallAction): boolean {
  if (result === undefined) return false;
  return view.callsNamed('Queue').some(({ action }) => {
    const target = view.entryOf(action.call.args[2], 'deadLetterQueue');
    const queue =
      target?.kind === 'object' ? target.entries.find((it) => it.key === 'queue')?.value : undefined;
    return queue?.kind === 'name' && queue.binding === result;
  });
}
