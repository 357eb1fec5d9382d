// AWS SDK v3 and v2 (SQS, SNS, EventBridge, Kinesis), Lambda handlers and sqs-consumer.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: at least once; a handler that throws gets the batch again.
import { table } from '../../table.ts';
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FileView, Origin } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { lambdas } from './lambdas.ts';
import { firstOf, handlerOf, mayHandle, unwrapped } from './messages.ts';
import { argumentAt } from './places.ts';
import { fetching } from './polling.ts';
import { isOfClient, queueRoles } from './sqsQueues.ts';

/** What a command or method sends: entries that hold one message, and in it the event's name, the channel and the content. */
interface Sent {
  readonly entries?: string;
  readonly names: readonly string[];
  readonly channel: readonly string[];
  readonly content: readonly string[];
}

const sns: Sent = {
  names: ['Subject'],
  channel: ['TopicArn', 'TargetArn'],
  content: ['Message'],
};
const sqs: Sent = { names: [], channel: ['QueueUrl'], content: ['MessageBody'] };
const commands: Readonly<Record<string, Sent>> = table({
  PublishCommand: sns,
  PublishBatchCommand: { ...sns, entries: 'PublishBatchRequestEntries' },
  SendMessageCommand: sqs,
  SendMessageBatchCommand: { ...sqs, entries: 'Entries' },
  PutEventsCommand: {
    entries: 'Entries',
    names: ['DetailType'],
    channel: ['EventBusName'],
    content: ['Detail'],
  },
  PutRecordCommand: { names: [], channel: ['StreamName', 'StreamARN'], content: ['Data'] },
  PutRecordsCommand: {
    entries: 'Records',
    names: [],
    channel: ['StreamName', 'StreamARN'],
    content: ['Data'],
  },
});
const methods: Readonly<Record<string, Sent | undefined>> = table({
  sendMessage: commands['SendMessageCommand'],
  sendMessageBatch: commands['SendMessageBatchCommand'],
  putEvents: commands['PutEventsCommand'],
  putRecord: commands['PutRecordCommand'],
  putRecords: commands['PutRecordsCommand'],
  publish: commands['PublishCommand'],
  publishBatch: commands['PublishBatchCommand'],
});

export const aws: Framework = {
  name: 'aws',
  triggers: [
    '@aws-sdk/client-s',
    '@aws-sdk/client-eventbridge',
    '@aws-sdk/client-kinesis',
    '@aws-sdk/client-lambda',
    'aws-sqs',
    'aws_sqs',
    'aws-lambda',
    'aws-sdk',
    'sqs-consumer',
  ],
  // Whoever works through what a queue of the workspace's own receives, and handlers of Lambda that name no type of the library.
  everydayTriggers: ['Sqs', 'SQS', '.Records', '{ Records', 'event.detail', '({ detail', 'detail-type'],
  roles(site) {
    const roles = queueRoles(site);
    return roles.length > 0 ? roles : sent(site);
  },
  consumers: (site) => [...polled(site), ...fetched(site)],
  modules: lambdas,
};

function sent(site: CallSite): readonly PublishRole[] {
  const [first] = site.call.args;
  const value = first && site.view.valueOf(first);
  if (site.name === 'send' && value?.kind === 'new' && value.callee.kind === 'name') {
    const from = site.view.importedFrom(value.callee.name) ?? '';
    if (value.callee.name === 'InvokeCommand' && from === '@aws-sdk/client-lambda')
      return started(site, value.args[0]);
    const how = from.startsWith('@aws-sdk/') ? commands[value.callee.name] : undefined;
    return how ? messages(site, how, value.args[0]) : [];
  }
  const how = isOfClient(site, site.name) ? methods[site.name] : undefined;
  if (how) return messages(site, how, first);
  return isOfClient(site, 'invoke') ? started(site, first) : [];
}

/** `new InvokeCommand({ FunctionName, InvocationType: 'Event' })`: Lambda keeps it for the function, and tries twice more what fails. */
function started(site: CallSite, input: Expr | undefined): readonly PublishRole[] {
  const { view } = site;
  const how = view.entryOf(input, 'InvocationType');
  const isLater =
    (how?.kind === 'string' && how.value === 'Event') || (how?.kind === 'member' && how.name === 'Event');
  const name = view.entryOf(input, 'FunctionName');
  if (!isLater || !name) return [];
  const payload = unwrapped(view, view.entryOf(input, 'Payload'));
  return [{ ...unread(site), event: name, channel: name, ...(payload && { payload }), isRequest: true }];
}

function messages(site: CallSite, how: Sent, input: Expr | undefined): readonly PublishRole[] {
  const outer = input && site.view.valueOf(input);
  // `publish({ PhoneNumber })` of SNS sends a text to a person.
  if (!outer || site.view.entryOf(outer, 'PhoneNumber')) return [];
  if (outer.kind !== 'object') return how === sns ? [] : [unread(site)];
  const listed = how.entries === undefined ? [outer] : entriesIn(site.view, outer, how.entries);
  const entries = listed.length > 0 ? listed : [outer];
  return entries.map((it) => message(site, how, it, outer));
}

function entriesIn(view: FileView, outer: ObjectExpr, key: string): readonly ObjectExpr[] {
  const list = view.entryOf(outer, key);
  const made = list && list.kind !== 'array' ? firstOf(view, list) : undefined;
  const items = list?.kind === 'array' ? list.items : made ? [made] : [];
  return items.map((it) => view.valueOf(it)).filter((it) => it.kind === 'object');
}

function message(site: CallSite, how: Sent, entry: ObjectExpr, outer: ObjectExpr): PublishRole {
  const within = (object: ObjectExpr, keys: readonly string[]): Expr | undefined =>
    keys.map((it) => argumentAt(site.view, [object], `0.${it}`)).find((it) => it !== undefined);
  const channel = within(entry, how.channel) ?? within(outer, how.channel);
  const payload = unwrapped(site.view, within(entry, how.content));
  const attribute = ['eventType', 'EventType', 'type']
    .map((it) => argumentAt(site.view, [entry], `0.MessageAttributes.${it}.StringValue`))
    .find((it) => it !== undefined);
  const key = entry.entries.find((it) => it.key === 'MessageDeduplicationId')?.value;
  const event = within(entry, how.names) ??
    attribute ??
    ownType(site.view, payload, channel) ??
    channel ?? { kind: 'unknown', at: site.call.at };
  return {
    kind: 'publish',
    library: 'aws',
    transport: 'broker',
    event,
    ...(channel ? { channel } : {}),
    ...(payload ? { payload } : {}),
    gives: whatGives(site),
    ...(key && { deduplicationKey: key }),
    confidence: 'type',
  };
}

/** Something is sent, whatever it says: `client.send(new SendMessageCommand(inputOf(order)))`. */
function unread(site: CallSite): PublishRole {
  const event: Expr = { kind: 'unknown', at: site.call.at };
  const gives = whatGives(site);
  return { kind: 'publish', library: 'aws', transport: 'broker', event, gives, confidence: 'type' };
}

/** `sns.publish(params, (error) => …)`: the callback hears of the failure. */
function whatGives(site: CallSite): PublishRole['gives'] {
  return isCallback(site) ? 'nothing' : 'promise';
}

/** What stands behind a command of version 3 may also be options. */
function isCallback({ name, call: { args }, view }: CallSite): boolean {
  const last = args.at(-1);
  if (args.length < 2 || !last) return false;
  return view.valueOf(last).kind === 'function' || (name !== 'send' && last.kind === 'name');
}

/** `JSON.stringify({ type: 'ParcelBooked', … })`: the message says more than the address of the queue or stream that carries it. */
function ownType(view: FileView, payload: Expr | undefined, channel: Expr | undefined): Expr | undefined {
  if (channel?.kind !== 'string') return undefined;
  const tags = ['type', 'eventType', 'event_type', 'eventName', 'event_name', 'messageType'];
  const found = tags.map((it) => view.entryOf(payload, it)).find((it) => it?.kind === 'string');
  return found?.kind === 'string' && severalWords.test(found.value) ? found : undefined;
}

/** `html` says how something is written, `page.viewed` what happened. */
const severalWords = /[a-z\d][A-Z]|[a-z\d][._:-][a-z]/;

/** `Consumer.create({ queueUrl, handleMessage })` of sqs-consumer, and `new Consumer(…)`. */
function polled(site: CallSite): readonly ConsumerFact[] {
  const { view, action, path, origin, fn } = site;
  const isMade = action.isNew ? origin?.name === 'Consumer' : path.at(-1) === 'create';
  const [config] = site.call.args;
  if (!isMade || !config || !isFrom(action.isNew ? origin : makerOf(site), ['sqs-consumer'])) return [];
  const key = ['handleMessageBatch', 'handleMessage'].find((it) => view.entryOf(config, it) !== undefined);
  const callback = key === undefined ? undefined : view.entryOf(config, key);
  if (key === undefined || !mayHandle(view, callback)) return [];
  const queue = view.entryOf(config, 'queueUrl');
  const owner = view.ownerOf(fn.id);
  const isAlways = isSaid(view, config, 'alwaysAcknowledge', 'true');
  return [
    {
      at: placeOf(view, config, key) ?? site.call.at,
      name: key,
      library: 'sqs-consumer',
      transport: 'broker',
      events: queue && queue.kind !== 'unknown' ? [queue] : [],
      handler: handlerOf(view, callback),
      eventParameter: 0,
      acknowledges: isSaid(view, config, 'shouldDeleteMessages', 'false') ? 'never' : 'after',
      ...(!isAlways && { isAnswered: true }),
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

/** What `create` is called on. */
function makerOf({ view, receiver }: CallSite): Origin | undefined {
  const from = receiver?.kind === 'name' ? view.importedFrom(receiver.name) : undefined;
  return receiver?.kind === 'name' && from !== undefined ? { name: receiver.name, from } : undefined;
}

function placeOf(view: FileView, config: Expr, key: string): Expr['at'] | undefined {
  const object = view.valueOf(config);
  return object.kind === 'object' ? object.entries.find((it) => it.key === key)?.at : undefined;
}

function isSaid(view: FileView, config: Expr, key: string, text: string): boolean {
  const value = view.entryOf(config, key);
  return value?.kind === 'literal' && value.text === text;
}

/**
 * `await sqs.send(new ReceiveMessageCommand({ QueueUrl }))` in a function that loops over the messages, or gives them;
 * `sqs.receiveMessage({ QueueUrl })` of the older client.
 */
function fetched(site: CallSite): readonly ConsumerFact[] {
  const input = isOfClient(site, 'receiveMessage') ? site.arg(0) : receiving(site);
  const queue = site.view.entryOf(input, 'QueueUrl');
  return input ? fetching(site, 'aws', queue ? [queue] : []) : [];
}

function receiving(site: CallSite): Expr | undefined {
  const command = site.arg(0);
  if (site.name !== 'send' || command?.kind !== 'new' || command.callee.kind !== 'name') return undefined;
  const isReceive =
    command.callee.name === 'ReceiveMessageCommand' &&
    site.view.importedFrom(command.callee.name) === '@aws-sdk/client-sqs';
  return isReceive ? command.args[0] : undefined;
}
