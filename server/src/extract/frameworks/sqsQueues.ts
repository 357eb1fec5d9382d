// SQS queues as code declares them, and messages that are made visible again at once.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
import { table } from '../../table.ts';
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { once } from '../../facts/once.ts';
import type { Role } from '../../facts/roles.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
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
    (attributes && view.isOpen(attributes)) ||
    view.facts.imports.some((it) => it.name === 'SetQueueAttributesCommand');
  const written = isGiven ? 'given' : isOpen ? 'unknown' : 'none';
  return [{ kind: 'queue', library: 'aws', queue, deadLetter: written, limit: written }];
}

/** `new Queue(this, 'Orders', { … })` of the CDK, and `CfnQueue`, which is spelled as CloudFormation has it. */
const targets: Readonly<Record<string, string | undefined>> = table({
  Queue: 'deadLetterQueue',
  CfnQueue: 'redrivePolicy',
});

function declared({ name, origin, call, view, action }: CallSite): readonly Role[] {
  const isQueue = isFrom(origin, constructs) || (origin?.from === 'aws-cdk-lib' && origin.name === 'aws_sqs');
  const [, queue, options] = call.args;
  const target = targets[name];
  if (target === undefined || !isQueue || !queue) return [];
  const id = view.valueOf(queue);
  if (id.kind !== 'string' || lastResort.test(id.value) || isTarget(view, action)) return [];
  const isGiven = view.entryOf(options, target) !== undefined;
  // Without a redrive policy a message comes back until its retention ends.
  const written = isGiven ? 'given' : options && view.isOpen(options) ? 'unknown' : 'none';
  return [{ kind: 'queue', library: 'aws', queue, deadLetter: written, limit: written }];
}

/** `deadLetterQueue: { queue: parked, … }` of another queue, a function or a rule, by what holds it, or made right there. */
function isTarget(view: FileView, { result, call }: CallAction): boolean {
  const field = fieldOf(view, call);
  return targetsIn(view).some((it) => {
    if (it.kind === 'new') return it.at.start === call.at.start;
    if (it.kind === 'member') return it.object.kind === 'this' && it.name === field;
    return it.kind === 'name' && it.binding !== undefined && it.binding === result;
  });
}

const targetsIn = once((view: FileView): readonly Expr[] => {
  const made = view.facts.functions.flatMap((it) => callsIn(it.body).filter((one) => one.isNew));
  return made.flatMap(({ call }) =>
    call.args.flatMap((options) => {
      const given = Object.values(targets).map((it) => view.entryOf(options, it ?? ''));
      return given.flatMap((it) => (it ? heldIn(it) : []));
    }),
  );
});

/** The queue of `{ queue, maxReceiveCount }`, of `{ deadLetterTargetArn: queue.attrArn }`, or as it stands. */
function heldIn(target: Expr): readonly Expr[] {
  if (target.kind !== 'object') return [target];
  return target.entries.flatMap(({ key, value }) => {
    if (key === 'queue') return [value];
    return key === 'deadLetterTargetArn' && value.kind === 'member' ? [value.object] : [];
  });
}

/** `this.leftovers = new Queue(…)`. */
function fieldOf({ facts }: FileView, { at }: CallAction['call']): string | undefined {
  for (const { body } of facts.functions) {
    for (const it of actionsIn(body)) {
      const isOwn = it.kind === 'assign' && it.value.kind === 'new' && it.value.at.start === at.start;
      if (isOwn && it.target.kind === 'member') return it.target.name;
    }
  }
  return undefined;
}
