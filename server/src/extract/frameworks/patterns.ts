// Frameworks that are told as data: which call publishes, which consumes, where the event stands. The same words are open to users
// for a bus of their own (`frameworks` in the configuration).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole, Role, Transport } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { FileView, Makes } from '../fileView.ts';
import { isFrom, type CallSite, type ClassSite, type Framework, type MethodSite } from './framework.ts';
import { handlerOf, labelOf, mayHandle, methodConsumer, unwrapped } from './messages.ts';
import { argumentAt, sameName, type Argument } from './places.ts';
import { sagasBy, type StepPattern } from './stepPatterns.ts';

/** Which files something holds for; all of them where it does not say. */
export interface Placed {
  readonly isIn?: (file: FilePath) => boolean;
}

export interface PublishPattern extends Placed {
  /** `Type.method`, `receiver.method`, or `function`. */
  readonly call: string;
  /** What names the event. */
  readonly event: Argument;
  readonly payload?: Argument;
  readonly gives?: PublishRole['gives'];
  readonly transport?: Transport;
  readonly isRequest?: boolean;
}

export interface ConsumePattern extends Placed {
  /** A registration: `Type.method`, `receiver.method` or `function`. */
  readonly call?: string;
  /** A decorator of methods, or of classes with one of the usual handler methods. */
  readonly decorator?: string;
  /** A base class or interface whose first type argument is the event. */
  readonly base?: string;
  /** What names the event in the call's or decorator's arguments. */
  readonly event?: Argument;
  /** Where the handler stands in the call's arguments; the last function otherwise. */
  readonly handler?: Argument;
  /** The handler's method in a class found by `base` or by a class decorator. */
  readonly method?: string;
  readonly transport?: Transport;
  readonly isRequest?: boolean;
  readonly acknowledges?: ConsumerFact['acknowledges'];
}

/** A call, or what lies around a whole handler: a decorator, a base class, or nothing but its file. */
export interface GuardPattern extends Placed {
  readonly call?: string;
  readonly decorator?: string;
  readonly base?: string;
}

export interface Patterns {
  readonly name: string;
  readonly triggers: readonly string[];
  readonly hasTriggersAlways?: true;
  /** Packages its types come from; empty for things that are known by their names alone. */
  readonly modules: readonly string[];
  readonly makes?: Makes;
  readonly publish?: readonly PublishPattern[];
  readonly consume?: readonly ConsumePattern[];
  /** Methods that tell the broker what became of a message: `{ 'Message.ack': 'ack' }`. */
  readonly acks?: Readonly<Record<string, AckRole['what']>>;
  /** What makes a redelivery harmless. */
  readonly guards?: readonly GuardPattern[];
  /** Types whose subtypes are events. */
  readonly eventBases?: readonly string[];
  readonly isEventFile?: (file: FilePath) => boolean;
  readonly steps?: readonly StepPattern[];
  /** What a message carries its content in: `JSON.parse(message.data)`; only for the facts' readers. */
  readonly transport?: Transport;
}

const handlerMethods = ['handle', 'process', 'execute', 'onMessage', 'consume', 'run', 'on'];

/** Makes a framework of its description. */
export function fromPatterns(patterns: Patterns): Framework {
  const { name, triggers, makes } = patterns;
  return {
    name,
    triggers,
    ...(patterns.hasTriggersAlways ? { hasTriggersAlways: true as const } : {}),
    ...(makes ? { makes } : {}),
    ...(patterns.eventBases ? { eventBases: patterns.eventBases } : {}),
    ...(patterns.isEventFile ? { isEventFile: patterns.isEventFile } : {}),
    ...(patterns.steps ? { sagas: (view) => sagasBy(patterns.steps ?? [], view) } : {}),
    roles: (site) => rolesOf(patterns, site),
    ...(patterns.guards ? { guardsAround: guardsAround(patterns.guards) } : {}),
    consumers: (site) =>
      (patterns.consume ?? []).flatMap((it) =>
        it.call !== undefined && isHere(it, site.view) && isCall(patterns, it.call, site)
          ? registered(patterns, it, site)
          : [],
      ),
    methods: (site) =>
      (patterns.consume ?? []).flatMap((it) => (isHere(it, site.view) ? decorated(patterns, it, site) : [])),
    classes: (site) =>
      (patterns.consume ?? []).flatMap((it) =>
        isHere(it, site.view) ? handlingClass(patterns, it, site) : [],
      ),
    modules: (view) => (patterns.consume ?? []).flatMap((it) => exported(patterns, it, view)),
  };
}

function isHere({ isIn }: Placed, view: FileView): boolean {
  return isIn?.(view.facts.file) ?? true;
}

function rolesOf(patterns: Patterns, site: CallSite): readonly Role[] {
  for (const it of patterns.publish ?? []) {
    if (isHere(it, site.view) && isCall(patterns, it.call, site)) return published(patterns, it, site);
  }
  for (const [call, what] of patterns.acks ? Object.entries(patterns.acks) : []) {
    if (isCall(patterns, call, site)) return [{ kind: 'ack', library: patterns.name, what }];
  }
  const guard = patterns.guards?.find(
    (it) => it.call !== undefined && isHere(it, site.view) && isCall(patterns, it.call, site),
  );
  return guard ? [guarded(patterns, site)] : [];
}

/** `@Once()` on a method or its class, a class below `OnceEar`, or all that a file holds. */
function guardsAround(guards: readonly GuardPattern[]): NonNullable<Framework['guardsAround']> {
  const around = guards.filter((it) => it.call === undefined);
  return (view, fn) => {
    const owner = fn.owner === undefined ? undefined : view.typeNamed(fn.owner);
    const decorators = [...fn.decorators, ...(owner?.decorators ?? [])];
    const bases = [...(owner?.bases ?? []), ...(owner?.implements ?? [])];
    for (const it of around) {
      if (!isHere(it, view)) continue;
      const decorator = decorators.find(({ name }) => name === it.decorator);
      const base = bases.find((one) => one.kind === 'ref' && one.name === it.base);
      const at = decorator?.at ?? base?.at ?? (isOnlyFiles(it) ? fn.at : undefined);
      if (at) return [at];
    }
    return [];
  };
}

/** Around a callback, or a claim before the work. */
function guarded({ name }: Patterns, { view, call }: CallSite): Role {
  const body = call.args.find((it) => view.valueOf(it).kind === 'function');
  const key = call.args.find((it) => it !== body);
  const form = body ? 'wrap' : 'claim';
  return { kind: 'guard', library: name, form, ...(key && { key }), ...(body && { body }) };
}

/** By the receiver's type and package; where the package is not known, by the receiver's name. */
function isCall({ modules }: Patterns, call: string, site: CallSite): boolean {
  // Asked for every pattern and every call: most end here.
  if (!call.endsWith(site.name)) return false;
  const parts = call.split('.');
  const method = parts.pop();
  const object = parts.pop();
  if (site.name !== method) return false;
  if (object === undefined) {
    return (
      site.receiver === undefined &&
      (modules.length === 0 ||
        isFrom(site.origin, modules) ||
        site.view.importedFrom(site.name) === undefined)
    );
  }
  if (modules.length > 0) return site.origin?.name === object && isFrom(site.origin, modules);
  return sameName(site.receiverName, object) || sameName(site.origin?.name ?? '', object);
}

function published(patterns: Patterns, pattern: PublishPattern, site: CallSite): readonly PublishRole[] {
  const event = argumentAt(site.view, site.call.args, pattern.event);
  if (!event) return [];
  const payload =
    pattern.payload === undefined ? undefined : argumentAt(site.view, site.call.args, pattern.payload);
  const content = unwrapped(site.view, payload);
  return [
    {
      kind: 'publish',
      library: patterns.name,
      transport: pattern.transport ?? patterns.transport ?? 'broker',
      event,
      ...(content ? { channel: event, payload: content } : {}),
      gives: pattern.gives ?? 'promise',
      ...(pattern.isRequest ? { isRequest: true } : {}),
      confidence: patterns.modules.length > 0 ? 'type' : 'name',
    },
  ];
}

function registered(patterns: Patterns, pattern: ConsumePattern, site: CallSite): readonly ConsumerFact[] {
  const { args } = site.call;
  const callback =
    pattern.handler === undefined
      ? args.findLast((it) => mayHandle(site.view, it))
      : argumentAt(site.view, args, pattern.handler);
  if (!callback || !mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return [
    {
      ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
      ...common(patterns, pattern, eventsAt(site.view, args, pattern.event)),
      handler,
      eventParameter: 0,
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function eventsAt(view: FileView, args: readonly Expr[], place: Argument | undefined): readonly Expr[] {
  const event = place === undefined ? undefined : argumentAt(view, args, place);
  if (event?.kind === 'array') return event.items;
  return event ? [event] : [];
}

function common(
  patterns: Patterns,
  { transport, isRequest, acknowledges }: ConsumePattern,
  events: readonly Expr[],
): Pick<ConsumerFact, 'library' | 'transport' | 'events'> & Partial<ConsumerFact> {
  return {
    library: patterns.name,
    transport: transport ?? patterns.transport ?? 'broker',
    events,
    ...(isRequest ? { isRequest } : {}),
    ...(acknowledges ? { acknowledges } : {}),
  };
}

function decorated(patterns: Patterns, pattern: ConsumePattern, site: MethodSite): readonly ConsumerFact[] {
  const { view, fn, decorator } = site;
  if (pattern.decorator !== decorator.name || fn.kind !== 'method') return [];
  return [methodConsumer(fn, common(patterns, pattern, eventsAt(view, decorator.args, pattern.event)))];
}

function handlingClass(
  patterns: Patterns,
  pattern: ConsumePattern,
  site: ClassSite,
): readonly ConsumerFact[] {
  const decorator = site.type.decorators.find((it) => it.name === pattern.decorator);
  const base = [...site.type.bases, ...site.type.implements].find(
    (it) => it.kind === 'ref' && it.name === pattern.base,
  );
  const isByFile = isOnlyFiles(pattern) && site.type.isExported;
  if ((!decorator && base?.kind !== 'ref' && !isByFile) || site.type.isAbstract) return [];
  const method = handlerIn(site, pattern.method);
  if (!method) return [];
  const named = base?.kind === 'ref' ? base.args[0] : undefined;
  const events: readonly Expr[] = decorator
    ? eventsAt(site.view, decorator.args, pattern.event)
    : named?.kind === 'ref'
      ? [{ kind: 'name', name: named.name, at: named.at }]
      : [];
  return [methodConsumer(method, common(patterns, pattern, events))];
}

function isOnlyFiles({ isIn, call, decorator, base }: ConsumePattern): boolean {
  return isIn !== undefined && call === undefined && decorator === undefined && base === undefined;
}

/** The functions that a file of handlers exports; what they take says which event it is. */
function exported(patterns: Patterns, pattern: ConsumePattern, view: FileView): readonly ConsumerFact[] {
  if (!isOnlyFiles(pattern) || !isHere(pattern, view)) return [];
  return view.facts.functions.flatMap((fn) => {
    const isTop = fn.outer === undefined || view.facts.functions[fn.outer]?.kind === 'module';
    const isWanted =
      pattern.method === undefined ? fn.isExported : fn.isExported && fn.name === pattern.method;
    const isHandler = isTop && isWanted && fn.owner === undefined && fn.parameters.length > 0;
    return isHandler ? [methodConsumer(fn, common(patterns, pattern, []))] : [];
  });
}

function handlerIn({ methods }: ClassSite, wanted: string | undefined): FunctionFact | undefined {
  const names = wanted === undefined ? handlerMethods : [wanted];
  return names.map((name) => methods.find((it) => it.name === name && !it.isAbstract)).find(Boolean);
}
