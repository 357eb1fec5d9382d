// @nestjs/cqrs: https://docs.nestjs.com/recipes/cqrs. Everything here stays in the process.
import type { PublishRole, Role } from '../../facts/roles.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import { isFrom, type CallSite, type ClassSite, type Framework } from './framework.ts';
import { inheritedConsumer, methodConsumer, told } from './messages.ts';

const modules = ['@nestjs/cqrs'];

export const nestjsCqrs: Framework = {
  name: '@nestjs/cqrs',
  // Handlers of commands and queries are no consumers of events; what they do is done by whoever sends the command.
  triggers: [
    'EventBus',
    'CommandBus',
    'QueryBus',
    'EventPublisher',
    'EventsHandler',
    'IEvent',
    'AggregateRoot',
    'CqrsModule',
    'CommandHandler',
  ],
  roles(site) {
    if (site.name === 'apply' && isOwnMethod(site)) return applied(site);
    if (!isFrom(site.origin, modules)) return [];
    if (site.origin?.name === 'EventBus') return published(site);
    const isRequest = site.origin?.name === 'CommandBus' || site.origin?.name === 'QueryBus';
    return isRequest && site.name === 'execute' ? [role(site, site.arg(0), true)] : [];
  },
  classes(site) {
    const decorator = site.type.decorators.find((it) => it.name === 'EventsHandler');
    const events = decorator ? decorator.args : handledTypes(site);
    if (!events) return [];
    const handle = site.methods.find((it) => it.name === 'handle');
    const common = { library: '@nestjs/cqrs', transport: 'in-process', events } as const;
    if (handle) return [methodConsumer(handle, common)];
    return decorator && site.type.bases.length > 0 ? [inheritedConsumer(site.type, common)] : [];
  },
};

/** `this.apply(new OrderPlaced())` of an aggregate. */
function applied(site: CallSite): readonly Role[] {
  const event = site.arg(0);
  return event?.kind === 'new' || event?.kind === 'object' ? [role(site, event, false)] : [];
}

/** Of this aggregate, or `order.apply(…)` where this file declares what an order is. */
function isOwnMethod({ receiver, origin, view }: CallSite): boolean {
  if (receiver?.kind === 'this') return true;
  const type = origin && origin.from === undefined ? view.typeNamed(origin.name) : undefined;
  return (type?.bases ?? []).some((it) => it.kind === 'ref' && it.name === 'AggregateRoot');
}

function published(site: CallSite): readonly Role[] {
  const event = site.arg(0);
  const [first] = site.call.args;
  if (site.name === 'publish') return [role(site, first && told(site.view, first), false)];
  if (site.name !== 'publishAll') return [];
  return event?.kind === 'array'
    ? event.items.map((it) => role(site, it, false))
    : [role(site, event, false)];
}

function role(site: CallSite, event: Expr | undefined, isRequest: boolean): PublishRole {
  return {
    kind: 'publish',
    library: '@nestjs/cqrs',
    transport: 'in-process',
    event: event ?? { kind: 'unknown', at: site.call.at },
    ...(event ? { payload: event } : {}),
    gives: isRequest ? 'promise' : 'nothing',
    ...(isRequest ? { isRequest } : {}),
    confidence: 'type',
  };
}

/** `implements IEventHandler<OrderPlaced>` without the decorator, as in tests and base classes. */
function handledTypes(site: ClassSite): readonly Expr[] | undefined {
  const base = site.type.implements.find((it) => it.kind === 'ref' && it.name === 'IEventHandler');
  if (base?.kind !== 'ref') return undefined;
  return base.args.flatMap((it) => namesOf(it));
}

function namesOf(type: TypeExpr): readonly Expr[] {
  if (type.kind === 'union') return type.of.flatMap(namesOf);
  return type.kind === 'ref' ? [{ kind: 'name', name: type.name, at: type.at }] : [];
}
