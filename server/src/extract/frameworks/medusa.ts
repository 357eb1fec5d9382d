// Medusa: subscribers and events of workflows, handed on by an event module that retries, and what modules and workflows store
// (https://docs.medusajs.com/learn/fundamentals/modules).
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole, WriteRole } from '../../facts/roles.ts';
import { table } from '../../table.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, type CallSite, type Framework } from './framework.ts';
import { methodConsumer } from './messages.ts';

export const medusa: Framework = {
  name: 'medusa',
  triggers: ['workflows-sdk', 'emitEventStep', 'SubscriberArgs', 'SubscriberConfig'],
  roles: (site) => {
    const events = emitted(site);
    return events.length > 0 ? events : stored(site);
  },
  modules: subscribers,
};

/** The methods that `MedusaService` generates, and the verbs of the commerce modules: `createDeliveries`, `softDeleteDrivers`. */
const verbs: Readonly<Record<string, WriteRole['operation']>> = table({
  create: 'insert',
  add: 'insert',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
  remove: 'delete',
  // What is deleted softly can be restored.
  softDelete: 'update',
  restore: 'update',
});
const verb = /^(create|add|update|upsert|delete|remove|softDelete|restore)([A-Z]\w*)$/;

/** `deliveries.createDeliveries(…)` of a module that the container gives, `createOrderWorkflow(container).run(…)`. */
function stored(site: CallSite): readonly WriteRole[] {
  const flow = flowRun(site);
  const [, does = '', what = ''] = verb.exec(flow ?? site.name) ?? [];
  const operation = verbs[does];
  // What the notification module creates is sent.
  if (!operation || /^Notification/.test(what) || !doesImport(site.view, ['@medusajs/'])) return [];
  if (flow === undefined && !isOfContainer(site)) return [];
  return [{ kind: 'write', library: 'medusa', operation, store: what, confidence: 'name' }];
}

/** `createOrder` of `createOrderWorkflow(container).run(…)`: it runs by itself, and takes back only what fails in it. */
function flowRun({ name, receiver }: CallSite): string | undefined {
  if (name !== 'run' || receiver?.kind !== 'call' || receiver.callee.kind !== 'name') return undefined;
  return /^(\w+)Workflow$/.exec(receiver.callee.name)?.[1];
}

function isOfContainer({ view, receiver }: CallSite): boolean {
  const made = receiver && view.makingOf(receiver);
  if (made?.kind !== 'call' || made.callee.kind !== 'member' || made.callee.name !== 'resolve') return false;
  const { object } = made.callee;
  const holder = object.kind === 'member' || object.kind === 'name' ? object.name : '';
  return /^(?:container|scope)_?$/.test(holder);
}

/** `emitEventStep({ eventName, data })`, `eventModuleService.emit({ name, data })`. */
function emitted(site: CallSite): readonly PublishRole[] {
  const isStep = site.name === 'emitEventStep';
  const isModule = site.name === 'emit' && isEventModule(site);
  const given = site.arg(0);
  const named = given && (site.view.entryOf(given, 'eventName') ?? site.view.entryOf(given, 'name'));
  const event = named ?? (isModule ? given : undefined);
  if ((!isStep && !isModule) || !given || !event || !doesImport(site.view, ['@medusajs/'])) return [];
  const data = site.view.entryOf(given, 'data');
  return [
    {
      kind: 'publish',
      library: 'medusa',
      transport: 'broker',
      event,
      ...(data ? { payload: data } : {}),
      // A step of a workflow is run by the engine.
      gives: isStep ? 'nothing' : 'promise',
      confidence: isStep ? 'type' : 'name',
    },
  ];
}

/** By what it is called, or by what the container is asked for: `container.resolve(Modules.EVENT_BUS)`. */
function isEventModule({ view, receiver, receiverName }: CallSite): boolean {
  if (/event(?:Module|Bus)(?:Service)?_?$/i.test(receiverName)) return true;
  const made = receiver && view.makingOf(receiver);
  if (made?.kind !== 'call' || made.callee.kind !== 'member' || made.callee.name !== 'resolve') return false;
  const [key] = made.args;
  const name = key?.kind === 'string' ? key.value : key?.kind === 'member' ? key.name : '';
  return /^event_?(?:bus|module)/i.test(name);
}

/** `export default async function handle({ event }: SubscriberArgs<…>)` beside `export const config: SubscriberConfig = { event: … }`. */
function subscribers(view: FileView): readonly ConsumerFact[] {
  const config = view.facts.bindings.find(
    (it) => it.type?.kind === 'ref' && it.type.name === 'SubscriberConfig',
  );
  return view.facts.functions.flatMap((fn) => {
    const first = fn.parameters[0];
    const type = first === undefined ? undefined : view.facts.bindings[first]?.type;
    if (type?.kind !== 'ref' || type.name !== 'SubscriberArgs') return [];
    const event = config?.init && view.entryOf(config.init, 'event');
    const events = event?.kind === 'array' ? event.items : event ? [event] : [];
    return [methodConsumer(fn, { library: 'medusa', transport: 'broker', events })];
  });
}
