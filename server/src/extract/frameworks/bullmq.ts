// BullMQ (https://docs.bullmq.io), Bull and their NestJS modules. A job is a command to one kind of worker, delivered at least once.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole, RemoteRole, Role } from '../../facts/roles.ts';
import { queueOf, optionsPolicy } from './jobOptions.ts';
import type { FileView, Origin } from '../fileView.ts';
import { isFrom, isText, type CallSite, type ClassSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle, methodConsumer } from './messages.ts';

const modules = ['bullmq', 'bull', '@taskforcesh/bullmq-pro'];
const nestModules = ['@nestjs/bullmq', '@nestjs/bull'];

export const bullmq: Framework = {
  name: 'bullmq',
  triggers: ['bull'],
  everydayTriggers: ['Queue'],
  makes: { 'Queue.add': 'Job', 'Bull.add': 'Job', 'default.add': 'Job' },
  roles(site) {
    if (isWait(site)) return [waited(site)];
    if (/^FlowProducer(?:Pro)?$/.test(site.origin?.name ?? '') && isFrom(site.origin, modules))
      return flows(site);
    if (site.name === 'upsertJobScheduler' && isQueue(site)) return scheduled(site);
    if (site.name === 'addBulk' && isQueue(site)) return inBulk(site);
    if (site.name === 'add' && isQueue(site)) return added(site);
    const isMade = site.action.isNew === true && isFrom(site.origin, modules);
    const isRegistered = !site.action.isNew && isFrom(site.origin, nestModules);
    return isMade || isRegistered ? queueOf(site) : [];
  },
  consumers(site) {
    // `const WorkerClass = isPro ? WorkerPro : Worker; new WorkerClass(…)` makes one, too.
    const isWorker = site.action.isNew === true && isWorkerType(site.origin) && isFrom(site.origin, modules);
    const isProcess = site.name === 'process' && (isFrom(site.origin, modules) || worksThroughJobs(site));
    const callback = isWorker ? site.call.args[1] : isProcess ? site.call.args.at(-1) : undefined;
    return callback && mayHandle(site.view, callback) ? [consumed(site, callback)] : [];
  },
  methods: ({ view, fn, decorator }) => {
    const isProcess = decorator.name === 'Process' && nestModules.includes(decorator.from ?? '');
    const type = isProcess && fn.owner !== undefined ? view.typeNamed(fn.owner) : undefined;
    const queue = type && queueNamed(view, type);
    return isProcess ? [methodConsumer(fn, worked(queue))] : [];
  },
  classes: processor,
  modules: typed,
};

/** `job.waitUntilFinished(events)`, and `job.finished()` of Bull, which takes no limit. */
function isWait({ name, origin, call }: CallSite): boolean {
  if (name === 'waitUntilFinished') return call.args.length > 0;
  return name === 'finished' && origin?.name === 'Job' && isFrom(origin, modules);
}

/** Whoever waits a second time for a job that is done is told at once. */
function waited({ name, origin, call }: CallSite): RemoteRole {
  const isLimited = call.args.length > 1;
  return {
    kind: 'remote',
    library: 'bullmq',
    what: 'rpc',
    isReplacing: true,
    ...(isLimited
      ? { hasTimeLimit: true }
      : { endedBy: name === 'finished' ? '`Promise.race` with a timer' : 'a `ttl` as its second argument' }),
    confidence: isFrom(origin, modules) ? 'type' : 'name',
  };
}

/** `export const charge: Processor = async (job) => …`, which a worker is given elsewhere. */
function typed(view: FileView): readonly ConsumerFact[] {
  return view.facts.functions.flatMap((fn) => {
    const type = fn.declaredAs;
    const isProcessor =
      type?.kind === 'ref' &&
      /^(?:Processor|ProcessCallbackFunction|ProcessPromiseFunction)$/.test(type.name);
    return isProcessor && modules.includes(view.importedFrom(type.name) ?? '')
      ? [methodConsumer(fn, worked(undefined))]
      : [];
  });
}

function isWorkerType(origin: Origin | undefined): boolean {
  return origin?.name === 'Worker' || origin?.name === 'WorkerPro';
}

/** By type; or what another file exports as a queue, whose type the model checks. */
function isQueue({ origin, receiver, receiverName, view }: CallSite): boolean {
  if (isFrom(origin, modules)) return !isWorkerType(origin);
  const from = receiver && view.bindingOf(gotten(receiver))?.kind === 'import' ? (origin?.from ?? '.') : '';
  return from.startsWith('.') && /queue(?:\(\))?$/i.test(receiverName);
}

/** `orderQueue` of `orderQueue()`, which makes the queue when it is first asked for. */
function gotten(receiver: Expr): Expr {
  return receiver.kind === 'call' && receiver.args.length === 0 ? receiver.callee : receiver;
}

/** `orderQueue().process(5, traced(async (job) => …))` of another file's queue. */
function worksThroughJobs(site: CallSite): boolean {
  const { view, receiver, call } = site;
  if (receiver?.kind !== 'call' || !isQueue(site)) return false;
  const handlers = call.args.flatMap((it) => (it.kind === 'call' ? it.args : [it]));
  return handlers.some((it) => {
    const fn = it.kind === 'function' ? view.facts.functions[it.function] : undefined;
    const [first] = fn?.parameters ?? [];
    return first !== undefined && view.facts.bindings[first]?.name === 'job';
  });
}

/** `add(name, data, options)` of BullMQ, `add(data, options)` of Bull. */
function added(site: CallSite): readonly Role[] {
  const [first, second] = site.call.args;
  const isNamed = isText(site.arg(0)) || site.call.args.length > 2 || (first && second && isConstant(first));
  const queue = site.receiver ?? { kind: 'unknown', at: site.call.at };
  const payload = isNamed ? second : first;
  const options = site.call.args[isNamed ? 2 : 1];
  const name = isNamed && first ? first : queue;
  return job(site, { name, queue, payload, options });
}

/** `JOBS.ORDER_PLACED`, `JobName.OrderPlaced`, `ORDER_PLACED`: a name that stands elsewhere, and no data. */
function isConstant(expr: Expr): boolean {
  if (expr.kind !== 'member' && expr.kind !== 'name') return false;
  if (/^[A-Z][A-Z\d_]*$/.test(expr.name)) return true;
  return expr.kind === 'member' && expr.object.kind === 'name' && /^[A-Z]/.test(expr.object.name);
}

interface Job {
  readonly name: Expr;
  readonly queue: Expr;
  readonly payload: Expr | undefined;
  readonly options: Expr | undefined;
}

function job(site: CallSite, { name, queue, payload, options }: Job): readonly Role[] {
  const key = rawEntry(site, options, 'jobId');
  const role: PublishRole = {
    kind: 'publish',
    library: 'bullmq',
    transport: 'broker',
    event: name,
    channel: queue,
    ...(payload ? { payload } : {}),
    gives: 'promise',
    isRequest: true,
    ...(key && { deduplicationKey: key }),
    confidence: isFrom(site.origin, modules) ? 'type' : 'name',
  };
  const policy = optionsPolicy(site.view, options);
  return policy ? [role, { kind: 'queue', library: 'bullmq', queue, ...policy }] : [role];
}

/** `addBulk([{ name, data, opts }])`. */
function inBulk(site: CallSite): readonly Role[] {
  const queue = site.receiver ?? { kind: 'unknown', at: site.call.at };
  const list = site.arg(0);
  const items = list?.kind === 'array' ? list.items : [];
  const jobs = items.flatMap((it) => listedJob(site, it, queue));
  return jobs.length > 0 ? jobs : added(site);
}

function listedJob(site: CallSite, item: Expr, queue: Expr): readonly Role[] {
  const { view } = site;
  const name = view.entryOf(item, 'name');
  const options = view.entryOf(item, 'opts');
  return name ? job(site, { name, queue, payload: view.entryOf(item, 'data'), options }) : [];
}

/** `queue.upsertJobScheduler('nightly', { pattern }, { name, data, opts })`. */
function scheduled(site: CallSite): readonly Role[] {
  const { view } = site;
  const [id, , template] = site.call.args;
  const queue = site.receiver ?? { kind: 'unknown', at: site.call.at };
  const name = view.entryOf(template, 'name') ?? id;
  const payload = view.entryOf(template, 'data');
  return name ? job(site, { name, queue, payload, options: view.entryOf(template, 'opts') }) : [];
}

/** `flow.add(node)`, `flow.addBulk([node, node])`. */
function flows(site: CallSite): readonly Role[] {
  const [first] = site.call.args;
  const given = first && site.view.valueOf(first);
  if (site.name === 'add') return flowing(site, given);
  return site.name === 'addBulk' && given?.kind === 'array'
    ? given.items.flatMap((it) => flowing(site, it))
    : [];
}

/** `flow.add({ name, queueName, data, children })`: the children are done first. */
function flowing(site: CallSite, node: Expr | undefined, depth = 4): readonly Role[] {
  const queue = site.view.entryOf(node, 'queueName');
  if (!node || !queue || depth === 0) return [];
  const children = site.view.entryOf(node, 'children');
  const below = children?.kind === 'array' ? children.items : [];
  return [...listedJob(site, node, queue), ...below.flatMap((it) => flowing(site, it, depth - 1))];
}

/** The entry as it is written, since a constant's place says more than its value. */
function rawEntry({ view }: CallSite, options: Expr | undefined, key: string): Expr | undefined {
  const object = options && view.valueOf(options);
  return object?.kind === 'object' ? object.entries.find((it) => it.key === key)?.value : undefined;
}

function consumed(site: CallSite, callback: CallSite['call']['args'][number]): ConsumerFact {
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  const queue = site.action.isNew ? site.arg(0) : site.receiver;
  return {
    ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
    library: 'bullmq',
    transport: 'broker',
    events: queue ? [queue] : [],
    handler,
    eventParameter: 0,
    isRequest: true,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** `@Processor('payments') class … extends WorkerHost { process(job) }`. */
function processor({ type, methods, view }: ClassSite): readonly ConsumerFact[] {
  const queue = queueNamed(view, type);
  const process = methods.find((it) => it.name === 'process' && !it.isAbstract);
  const isOwn = process && !process.decorators.some((it) => it.name === 'Process');
  return queue && isOwn ? [methodConsumer(process, worked(queue))] : [];
}

/** `@Processor('payments')`, `@Processor({ name: 'payments' })`. */
function queueNamed(view: FileView, { decorators }: ClassSite['type']): Expr | undefined {
  const decorator = decorators.find(
    (it) => it.name === 'Processor' && it.from !== undefined && nestModules.includes(it.from),
  );
  const queue = decorator?.args[0];
  return queue && (view.entryOf(queue, 'name') ?? queue);
}

function worked(
  queue: Expr | undefined,
): Pick<ConsumerFact, 'library' | 'transport' | 'events' | 'isRequest'> {
  return { library: 'bullmq', transport: 'broker', events: queue ? [queue] : [], isRequest: true };
}
