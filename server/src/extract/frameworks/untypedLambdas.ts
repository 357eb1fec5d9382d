// Handlers of AWS Lambda whose text names no type of the library: told by where they are exported, and by what they read of the event.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { packagesOf, type FileView } from '../fileView.ts';

/** A function of the file that Lambda starts, and how a reader calls it. */
interface Entry {
  readonly fn: FunctionFact;
  readonly name: string;
  readonly at: Expr['at'];
}

/** `export const handler = async (event: any) => { for (const record of event.Records) JSON.parse(record.body) }`. */
export function untypedLambdas(view: FileView): readonly ConsumerFact[] {
  if (view.facts.file.endsWith('.tsx')) return [];
  const entries = entriesOf(view);
  // Most files export classes.
  const read = entries.length > 0 ? membersIn(view, undefined) : new Set<string>();
  if (!feeds.some((it) => read.has(it))) return [];
  return entries
    .filter(({ fn }, at) => entries.findIndex((it) => it.fn === fn) === at)
    .flatMap((it) => lambda(view, it, read));
}

/** What holds the messages in an event. */
const feeds = ['Records', 'detail', 'detail-type'];

function lambda(
  view: FileView,
  { fn, name, at }: Entry,
  inFile: ReadonlySet<string>,
): readonly ConsumerFact[] {
  const [id] = fn.parameters;
  const event = id === undefined ? undefined : view.facts.bindings[id];
  if (!event || isOfOthers(view, event)) return [];
  const keys = keysOf(view, fn, id);
  const feed = [...keys].some((it) => otherEvents.test(it)) ? undefined : feedOf(view, fn, keys, inFile);
  if (!feed) return [];
  return [
    {
      at,
      name,
      library: 'aws-lambda',
      transport: 'broker',
      events: [],
      handler: fn.id,
      eventParameter: 0,
      acknowledges: 'after',
      ...(feed === 'changes' && { isChangeFeed: true }),
    },
  ];
}

/** What the events of web requests, of schedules, resolvers, user pools and of a stack that is rolled out hold. */
const otherEvents =
  /^(?:httpMethod|requestContext|pathParameters|(?:multiValue)?[qQ]ueryStringParameters|(?:multiValueH|h)eaders|rawPath|routeKey|isBase64Encoded|body|arguments|identity|triggerSource|RequestType|ResourceProperties|LogicalResourceId|awslogs|deliveryStreamArn|methodArn|authorizationToken)$/;
const ofMessages = /^(?:Sns|kinesis|messageId|receiptHandle|messageAttributes)$/;
/** What an event of the bus holds beside its detail, and one of a page does not. */
const ofBus = /^(?:detail-type|source|account|region|resources)$/;
const ofAmazon = /^(?:@?aws(?!-amplify)[-/]|@aws-(?!amplify)|@middy\/|@serverless\/|middy$|sst$)/;

/** What arrives: messages, or the changes of a table. An event of the bus is only known where its handler can't be one of a page. */
function feedOf(
  view: FileView,
  fn: FunctionFact,
  keys: ReadonlySet<string>,
  inFile: ReadonlySet<string>,
): 'messages' | 'changes' | undefined {
  if (keys.has('Records')) {
    if ([...inFile].some((it) => ofMessages.test(it))) return 'messages';
    if (inFile.has('dynamodb')) return 'changes';
    return inFile.has('body') && !inFile.has('s3') && !inFile.has('cf') ? 'messages' : undefined;
  }
  if ((!keys.has('detail') && !keys.has('detail-type')) || isOfBucket(membersIn(view, fn))) return undefined;
  const packages = [...view.facts.imports.map((it) => it.from), ...packagesOf(view.given)];
  const isAmazon = [...keys].some((it) => ofBus.test(it)) || packages.some((it) => ofAmazon.test(it));
  return fn.isAsync && isAmazon ? 'messages' : undefined;
}

/** `event.detail.bucket.name`, `event.detail.object.key`: a file was stored. */
function isOfBucket(members: ReadonlySet<string>): boolean {
  return members.has('bucket') && (members.has('object') || members.has('key'));
}

/** Its type says what it is: one of the library, which is asked for elsewhere, or an event of a page. */
function isOfOthers(view: FileView, { type }: BindingFact): boolean {
  if (type?.kind !== 'ref') return false;
  if (view.importedFrom(type.name) === 'aws-lambda') return true;
  const isGlobal = view.importedFrom(type.name) === undefined && view.typeNamed(type.name) === undefined;
  return isGlobal && type.name.endsWith('Event');
}

/** What is read of the event itself: `event.Records`, `const { detail } = event`, `({ Records })`. */
function keysOf(view: FileView, fn: FunctionFact, id: number | undefined): ReadonlySet<string> {
  const keys = new Set<string>();
  eachExprWithin(view, fn, (it) => {
    if (it.kind === 'member' && it.object.kind === 'name' && it.object.binding === id) keys.add(it.name);
  });
  return keys;
}

/** The members that are read in a function, or in the whole file. */
function membersIn(view: FileView, fn: FunctionFact | undefined): ReadonlySet<string> {
  const members = new Set<string>();
  eachExprWithin(view, fn, (it) => {
    if (it.kind === 'member') members.add(it.name);
  });
  return members;
}

function eachExprWithin({ facts }: FileView, fn: FunctionFact | undefined, see: (expr: Expr) => void): void {
  const isInside = ({ start }: Expr['at']): boolean => !fn || (fn.span.start <= start && start < fn.span.end);
  for (const { at, init } of facts.bindings) if (init && isInside(at)) eachIn(init, see);
  for (const it of facts.functions) {
    if (!isInside(it.span)) continue;
    for (const action of actionsIn(it.body)) for (const expr of exprsOf(action)) eachIn(expr, see);
  }
}

function eachIn(expr: Expr, see: (expr: Expr) => void): void {
  see(expr);
  for (const part of partsOf(expr)) eachIn(part, see);
}

/** What a file exports, as a function or wrapped: `export const handler = middy(base).use(…)`, `exports.handler = async (event) => …`. */
function entriesOf(view: FileView): readonly Entry[] {
  const { exports, functions } = view.facts;
  const locals = exports.filter((it) => it.from === undefined).map((it) => it.local);
  const declared = functions.filter(
    (it) => it.kind !== 'module' && it.outer === undefined && it.owner === undefined && isAmong(locals, it),
  );
  const held = view.facts.bindings.filter(
    (it) => it.isTopLevel === true && it.init && locals.includes(it.name),
  );
  return [
    ...declared.map((fn) => ({ fn, name: fn.name || 'default', at: fn.at })),
    ...held.flatMap((it) => wrapped(view, it.init, it, 4)),
    ...assigned(view),
  ];
}

function isAmong(locals: readonly string[], { name, isExported }: FunctionFact): boolean {
  return isExported === true || (name !== '' && locals.includes(name));
}

/** `exports.handler = …`, `module.exports = { handler: … }`. */
function assigned(view: FileView): readonly Entry[] {
  return actionsIn(view.facts.functions[0]?.body ?? []).flatMap((it): readonly Entry[] => {
    if (it.kind !== 'assign' || it.target.kind !== 'member') return [];
    const { object, name, at } = it.target;
    const isModule = object.kind === 'name' && object.name === 'module' && name === 'exports';
    if (isModule && it.value.kind === 'object')
      return it.value.entries.flatMap((one) => wrapped(view, one.value, { name: one.key, at: one.at }, 4));
    if (isModule) return wrapped(view, it.value, { name: 'handler', at }, 4);
    const isExports =
      (object.kind === 'name' && object.name === 'exports') ||
      (object.kind === 'member' && object.name === 'exports');
    return isExports ? wrapped(view, it.value, { name, at }, 4) : [];
  });
}

/** The functions of this file in what is exported; those that a chain is handed are run by what wraps them. */
function wrapped(
  view: FileView,
  value: Expr | undefined,
  label: Pick<Entry, 'name' | 'at'>,
  steps: number,
): readonly Entry[] {
  if (!value || steps === 0) return [];
  if (value.kind === 'call') {
    const { callee, args } = value;
    const before = callee.kind === 'member' && callee.object.kind === 'call' ? callee.object : undefined;
    const bound =
      callee.kind === 'member' && callee.name === 'bind' ? methodBehind(view, callee.object) : undefined;
    if (bound) return [entry(bound, label)];
    return [
      ...args.flatMap((it) => wrapped(view, it, label, steps - 1)),
      ...wrapped(view, before, label, steps),
    ];
  }
  const fn = value.kind === 'function' ? view.facts.functions[value.function] : view.functionBehind(value);
  return fn ? [entry(fn, label)] : [];
}

/** `lambda.handler.bind(lambda)` of `const lambda = new Lambda()`. */
function methodBehind(view: FileView, method: Expr): FunctionFact | undefined {
  if (method.kind !== 'member') return undefined;
  const made = view.makingOf(method.object);
  const owner = made.kind === 'new' && made.callee.kind === 'name' ? made.callee.name : undefined;
  return view.facts.functions.find(
    (it) => owner !== undefined && it.owner === owner && it.name === method.name,
  );
}

function entry(fn: FunctionFact, { name, at }: Pick<Entry, 'name' | 'at'>): Entry {
  return fn.name === '' ? { fn, name, at } : { fn, name: fn.name, at: fn.at };
}
