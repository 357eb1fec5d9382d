// Medusa: subscribers and events of workflows, handed on by an event module that retries (https://docs.medusajs.com).
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, type CallSite, type Framework } from './framework.ts';
import { methodConsumer } from './messages.ts';

export const medusa: Framework = {
  name: 'medusa',
  triggers: ['workflows-sdk', 'emitEventStep', 'SubscriberArgs', 'SubscriberConfig'],
  roles: emitted,
  modules: subscribers,
};

/** `emitEventStep({ eventName, data })`, `eventModuleService.emit({ name, data })`. */
function emitted(site: CallSite): readonly PublishRole[] {
  const isStep = site.name === 'emitEventStep';
  const isModule = site.name === 'emit' && /event(Module|Bus)(Service)?_?$/i.test(site.receiverName);
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
