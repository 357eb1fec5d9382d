// The keys by which process managers find the saga that an event belongs to, and the events that do not carry them.
import type { Expr, ObjectExpr, TypeExpr } from '../../facts/expressions.ts';
import { partsOf } from '../../facts/walk.ts';
import type { FilePath, Place } from '../../text.ts';
import { bindingOf, lastName } from '../calls/handling.ts';
import { reached, type Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { aboutEvents } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, EventNode, Fields } from '../model.ts';
import { storeOf } from '../producers/sent.ts';
import { processManagersOf, type ProcessManager } from './processManagers.ts';

export interface Uncorrelated extends Place {
  readonly manager: ProcessManager;
  readonly consumer: ConsumerNode;
  readonly event: EventNode;
  /** What the handler looks for; empty where the event has no key at all. */
  readonly keys: readonly string[];
  /** The key is there, but of another type than in another event of the saga. */
  readonly clash?: {
    readonly name: string;
    readonly type: string;
    readonly other: EventNode;
    readonly otherType: string;
  };
}

const keyLike =
  /(?:^|_|[a-z\d])(?:ids?|Ids?|ID|uuid|Uuid|UUID|key|Key|number|Number|ref|Ref|reference|Reference|token|Token|code|Code|sku|Sku|email|Email|slug|address|Address|hash|Hash|name|Name)$|^(?:correlation|trace)|transaction|subject/;
const flowLike =
  /^(?:saga|correlation|process|workflow|transaction|trace|flow|conversation)_?(?:id|key|uuid)$/i;
const containers =
  /^(?:data|payload|body|detail|meta(?:data)?|headers?|context|envelope|props|event|message|value)$/i;
/** What the broker carries beside the message may hold the key too. */
const besides =
  /^(?:key|headers|properties|attributes|messageAttributes|applicationProperties|correlationId)$/;

/** All events of process managers that do not say which saga they belong to. */
export function uncorrelated(model: EventModel): readonly Uncorrelated[] {
  const typesOf: TypesOf = aboutEvents(model, 'types of keys', (it) => keyTypes(model, it));
  const isReadBeside = model.aboutConsumers('reads beside the event', (it) => readsBeside(model, it));
  return processManagersOf(model).flatMap((manager) => {
    const asking = { model, manager, isReadBeside, keysIn: keptKeys(model, manager) };
    const seen = new Set<EventNode>();
    return manager.reactions.flatMap(({ consumer }) =>
      consumer.events.flatMap((event): readonly Uncorrelated[] => {
        if (seen.has(event) || consumer.fact.isRequest) return [];
        seen.add(event);
        const found = withoutKey(asking, consumer, event) ?? withOtherType(typesOf, manager, consumer, event);
        return found ? [found] : [];
      }),
    );
  });
}

interface Asking {
  readonly model: EventModel;
  readonly manager: ProcessManager;
  readonly isReadBeside: (consumer: ConsumerNode) => boolean;
  /** The parts of the event by which a consumer reads or changes the saga's rows. */
  readonly keysIn: (consumer: ConsumerNode) => readonly string[];
}

/** Managers of the same stores ask the same of a consumer. */
function keptKeys(model: EventModel, manager: ProcessManager): Asking['keysIn'] {
  const stores = [...manager.stores].sort().join(' ');
  return model.aboutConsumers(`keys of ${stores}`, (it) => [...keysOf(model, manager, it)]);
}

function withoutKey(
  { model, manager, isReadBeside, keysIn }: Asking,
  consumer: ConsumerNode,
  event: EventNode,
): Uncorrelated | undefined {
  if (manager.stores.size === 0 || isReadBeside(consumer)) return undefined;
  const sites = sitesOf(model, event);
  const bare = sites.find((it) => !it.isOpen && ![...it.names].some((name) => keyLike.test(name)));
  if (bare) return { file: bare.file, at: bare.at, manager, consumer, event, keys: [] };
  const keys = keysIn(consumer);
  if (keys.length === 0 || consumer.events.length > 1) return undefined;
  const site = sites.find(
    (it) =>
      !it.isOpen && !keys.some((key) => it.names.has(key)) && !sharesKey(model, manager, event, it.names),
  );
  return site && { file: site.file, at: site.at, manager, consumer, event, keys };
}

/** Whether another event of the saga carries one of these keys too: then it may be the one that joins them. */
function sharesKey(
  model: EventModel,
  { reactions }: ProcessManager,
  event: EventNode,
  names: ReadonlySet<string>,
): boolean {
  const others = reactions.flatMap((it) => it.consumer.events).filter((it) => it !== event);
  const theirs = new Set(others.flatMap((it) => sitesOf(model, it).flatMap((site) => [...site.names])));
  return [...names].some((it) => keyLike.test(it) && theirs.has(it));
}

interface Site extends Place {
  readonly names: ReadonlySet<string>;
  readonly isOpen: boolean;
}

/** What the event carries, as it is declared or as it is written where it is published. */
function sitesOf(model: EventModel, event: EventNode): readonly Site[] {
  if (event.declarations.length > 0) {
    return event.declarations.slice(0, 1).map((it) => {
      const { names, isOpen } = namesOf(model, model.program.fieldsOf(it.file, it), 2);
      return { file: it.file, at: it.fact.at, names, isOpen: isOpen || names.size === 0 };
    });
  }
  return event.inline.map(({ file, at, object }) => {
    const found = object.kind === 'object' ? keysIn(object, 2) : { names: new Set<string>(), isOpen: true };
    return { file, at, ...found };
  });
}

function namesOf(model: EventModel, { fields, isOpen }: Fields, depth: number): Omit<Site, keyof Place> {
  const names = new Set(fields.keys());
  let isUnknown = isOpen;
  for (const field of fields.values()) {
    const type = field.member.type;
    const isContainer = containers.test(field.name);
    if (depth === 0) continue;
    if (!type && isContainer) return { names, isOpen: true };
    const inner = type && namesOf(model, model.program.fieldsOf(field.file, type), depth - 1);
    // Beside containers things stand in events, and bring their keys: `order: { id }`.
    isUnknown ||= isContainer && (inner?.isOpen || inner?.names.size === 0);
    for (const name of inner?.names ?? []) names.add(name);
  }
  return { names, isOpen: isUnknown };
}

function keysIn({ entries, spreads }: ObjectExpr, depth: number): Omit<Site, keyof Place> {
  const names = new Set(entries.map((it) => it.key));
  let isOpen = spreads.length > 0 || entries.some((it) => it.computed !== undefined) || entries.length === 0;
  for (const { key, value } of entries) {
    if (depth === 0) continue;
    const inner = value.kind === 'object' ? keysIn(value, depth - 1) : undefined;
    isOpen ||= containers.test(key) && (inner?.isOpen ?? true);
    for (const name of inner?.names ?? []) names.add(name);
  }
  return { names, isOpen };
}

/** The parts of the event by which the handler reads or changes the saga's rows. */
function keysOf(model: EventModel, manager: ProcessManager, { handler }: ConsumerNode): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const here of handler ? reached(model, handler) : []) {
    if (!touchesState(model, manager, here)) continue;
    const call = here.levels.at(-1)?.action.call;
    for (const arg of call?.args ?? [])
      for (const it of partsIn(here, here.fn.file, arg)) if (keyLike.test(it)) keys.add(it);
  }
  return keys;
}

function touchesState(
  { program, bodyOf }: EventModel,
  { stores }: ProcessManager,
  { fn, levels }: Reached,
): boolean {
  const action = levels.at(-1)?.action;
  if (!action || action.roles.some((it) => it.kind === 'publish' || it.kind === 'log')) return false;
  const isOwn = action.roles.some(
    (it) => (it.kind === 'write' || it.kind === 'read') && it.store !== undefined && stores.has(it.store),
  );
  if (isOwn) return true;
  const callees = program.calleesOf(fn.file, fn, action.call);
  return callees.some((it) =>
    bodyOf(it).effects.some((one) => one.role.kind === 'write' && stores.has(storeOf(one))),
  );
}

/** The names under which parts of the event go into an expression. */
function partsIn(here: Reached, file: FilePath, expr: Expr, depth = 0): readonly string[] {
  if (depth > 4) return [];
  const deeper = (it: Expr): readonly string[] => partsIn(here, file, it, depth + 1);
  switch (expr.kind) {
    case 'member':
      return isHandledPart(here, file, expr) ? [expr.name] : [];
    case 'name':
      return isHandledPart(here, file, expr) ? nameOf(here.model, file, expr) : [];
    case 'object':
      return expr.entries.flatMap((it) => deeper(it.value));
    case 'array':
      return expr.items.flatMap(deeper);
    case 'call':
    case 'new':
      return expr.args.flatMap(deeper);
    case 'template':
      return expr.parts.flatMap((it) => (typeof it === 'string' ? [] : deeper(it)));
    default:
      return [];
  }
}

/** The field that a variable was taken from; what a parameter is called says nothing of the event. */
function nameOf(model: EventModel, file: FilePath, expr: Expr & { kind: 'name' }): readonly string[] {
  const binding = bindingOf(model, file, expr.binding);
  return binding?.init?.kind === 'member' ? [binding.init.name] : [];
}

function readsBeside(model: EventModel, { handler }: ConsumerNode): boolean {
  const facts = handler && model.files.get(handler.file);
  if (!handler || !facts) return true;
  const { span } = handler.fact;
  const isTaken = facts.bindings.some(
    (it) =>
      it.kind === 'parameter' && besides.test(it.name) && span.start <= it.at.start && it.at.end <= span.end,
  );
  return (
    isTaken ||
    [...reached(model, handler)].some(({ levels }) =>
      levels.at(-1)?.action.call.args.some((it) => anyIn(it, isBeside)),
    )
  );
}

/** `message.key`, `properties.correlationId`. */
function isBeside(expr: Expr): boolean {
  return (
    expr.kind === 'member' &&
    besides.test(expr.name) &&
    /^(?:message|msg|record|context|ctx|properties|headers|job)$/.test(lastName(expr.object))
  );
}

function anyIn(expr: Expr, test: (it: Expr) => boolean): boolean {
  return test(expr) || partsOf(expr).some((it) => anyIn(it, test));
}

/** `orderId: number` among events that say `orderId: string`. */
function withOtherType(
  typesOf: TypesOf,
  manager: ProcessManager,
  consumer: ConsumerNode,
  event: EventNode,
): Uncorrelated | undefined {
  const own = typesOf(event);
  const others = manager.reactions.flatMap((it) => it.consumer.events).filter((it) => it !== event);
  for (const [name, { type, file, at }] of own) {
    const same = others.flatMap((it) => {
      const found = typesOf(it).get(name);
      return found ? [{ event: it, type: found.type }] : [];
    });
    const [first] = same;
    // The one that differs from all others is wrong; of two the later.
    const isOdd = first !== undefined && same.every((it) => it.type === first.type) && first.type !== type;
    const isLater = first !== undefined && (same.length > 1 || others.indexOf(first.event) === 0);
    if (isOdd && isLater && first) {
      const clash = { name, type, other: first.event, otherType: first.type };
      return { file, at, manager, consumer, event, keys: [name], clash };
    }
  }
  return undefined;
}

type TypesOf = (event: EventNode) => ReadonlyMap<string, Place & { readonly type: string }>;

/** The keys of flows and aggregates that are plain text or numbers. */
function keyTypes(model: EventModel, { declarations }: EventNode): ReturnType<TypesOf> {
  const found = new Map<string, Place & { readonly type: string }>();
  for (const node of declarations.slice(0, 1)) {
    for (const { name, member, file } of model.program.fieldsOf(node.file, node).fields.values()) {
      const type = plainType(member.type);
      if (type !== undefined && (flowLike.test(name) || /[a-z]I[dD]$/.test(name)))
        found.set(name, { file, at: member.at, type });
    }
  }
  return found;
}

function plainType(type: TypeExpr | undefined): string | undefined {
  return type?.kind === 'primitive' && /^(?:string|number)$/.test(type.name) ? type.name : undefined;
}
