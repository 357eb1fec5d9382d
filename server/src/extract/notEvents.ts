// What looks like an event and is none: entities, services, redux actions, events of the DOM, of calendars and of telemetry.
// See "not an event" in the documentation of missing-event-metadata.
import type { TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact, TypeFact } from '../facts/facts.ts';
import { isOfPage, isPagePackage } from '../facts/pagePackages.ts';

const storedBy =
  /^(?:Entity|ViewEntity|ChildEntity|Schema|Table|Document|ModelOptions|modelOptions|ObjectType|InputType|Collection|Embeddable|Embedded)$/;
const servedBy =
  /^(?:Injectable|Controller|Module|Component|Directive|Pipe|Resolver|WebSocketGateway|Catch|Processor|Service|EventSubscriber|EventsHandler|CommandHandler|QueryHandler|NgModule|singleton|injectable|autoInjectable)$/;
const reduxPackage =
  /^(?:redux(?:$|-|\/)|@reduxjs\/|react-redux|typesafe-actions|@ngrx\/|vuex|@rematch\/|mobx)/;
const requestBase = /^(?:I|Base|Abstract|Domain|Application)?(?:Command|Query|Request)(?:Base|V\d+)?$/;
const uiBase =
  /^(?:React\.)?(?:\w*SyntheticEvent|UIEvent|CustomEvent|\w*(?:Mouse|Keyboard|Touch|Pointer|Drag|Wheel|Focus|Clipboard|Animation|Transition|Change|Form|Progress|Storage|Message|Close|Error|PopState|HashChange)Event|Event|EventTarget|HTML\w*Element|Component|PureComponent)$/;
const uiName =
  /(?:Click|Mouse|Keyboard|Touch|Pointer|Drag|Wheel|Focus|Blur|Scroll|Resize|Key|Hover|Swipe|Press|Change|Input|Submit)Event$/;
/** What goes over a socket to somebody's screen, and is called after it. */
const socketName = /^(?:Web)?[sS]ocket[A-Z]\w*Event$/;
const reportName =
  /^(?:Calendar|Audit|Telemetry|Trace|Tracing|Tracking|Analytics|Metrics?|Usage|Log|Timeline|Schedule|Concert|Sport|Webinar|Diagnostic|Span)\w*Events?$|[a-z](?:Calendar|Span)Event$/;
/** `OrderAuditLogEntryUpdated`: what people read later about who did what. */
const logName = /(?:Audit|Activity)(?:Log|Trail)(?![a-z])/;
const logFile = /(?:^|[/.])(?:audit|activity)[-_]?(?:logs?|trails?)[/.]/i;
/** What a program tells its makers of those who use it. A service of that name may well live on events. */
const reportFile =
  /(?:^|\/)telemetry\/(?:(?:src|events|types)\/)*[^/]+$|\/(?:utils?|lib|shared|common|helpers)\/(?:analytics|tracking)\/[^/]+$/i;
const reportTag = /analytics|telemetry|tracking|metrics/i;
/** What has an identity and a life of its own. */
const livesOn = /(?:^|[a-z])(?:Entity|AggregateRoot|ValueObject)(?:Base)?$/;
/** Who hears of events. */
const listening = /(?:Subscriber|Listener|Consumer|Handler|Projection|Projector)$/;
const worksAs =
  /^(?:exec|execute|handle|run|process|onMessage|listen|publish|subscribe|emit|dispatch|ngOnInit|render|up|down)$/;

/** What API Gateway and its kin hand to a function for a request or a connection, and what leads to who waits at its other end. */
const requestMember =
  /^(?:socketId|replyId|requestContext|httpMethod|rawPath|pathParameters|queryStringParameters|multiValueHeaders|methodArn)$/;

/** The types, those that are no events marked with the reason, and those whose base a framework names marked as events. */
export function markTypes(facts: FileFacts, eventBases: ReadonlySet<string>): readonly TypeFact[] {
  const isRedux = facts.imports.some((it) => reduxPackage.test(it.from));
  const isPage = /\.tsx$/.test(facts.file);
  const isUi = isOfPage(facts);
  const isLog = logFile.test(facts.file) || reportFile.test(facts.file);
  const methods = facts.functions.filter((it) => it.kind === 'method' && !it.isStatic);
  const marked = new Set<string>();
  const own = namesOfOwn(facts);
  const inner = new Set(facts.bindings.flatMap((it) => (it.isTopLevel ? [] : [it.at.start])));
  return facts.types.map((type) => {
    if (eventBases.size > 0 && isBuiltOn(type, eventBases)) return { ...type, isEvent: true };
    const reason =
      reasonAgainst(type, { isRedux, isPage, isUi, isLog, methods, own }) ??
      (type.kind === 'schema' && inner.has(type.at.start) ? 'a check inside a function' : undefined) ??
      (isBuiltOn(type, marked) ? 'built on one' : undefined);
    if (reason === undefined) return type;
    marked.add(type.name);
    return { ...type, notAnEvent: reason };
  });
}

function isBuiltOn({ bases, implements: implemented, alias }: TypeFact, names: ReadonlySet<string>): boolean {
  const parts = alias?.kind === 'intersection' ? alias.of : alias ? [alias] : [];
  return [...bases, ...implemented, ...parts].some((it) => it.kind === 'ref' && names.has(it.name));
}

interface Surroundings {
  readonly isRedux: boolean;
  /** The file holds markup. */
  readonly isPage: boolean;
  readonly isUi: boolean;
  /** The file says what people read later about who did what. */
  readonly isLog: boolean;
  readonly methods: readonly FunctionFact[];
  /** What is imported or declared here, and is not the browser's or React's: a base class of one's own that is called `Event`. */
  readonly own: ReadonlySet<string>;
}

function reasonAgainst(
  type: TypeFact,
  { isRedux, isPage, isUi, isLog, methods, own }: Surroundings,
): string | undefined {
  const decorators = type.decorators.map((it) => it.name);
  if (decorators.some((it) => storedBy.test(it))) return 'an entity that is stored';
  if (decorators.some((it) => servedBy.test(it))) return 'a service';
  const works = methods.some((it) => it.owner === type.name && worksAs.test(it.name));
  if (type.kind === 'class' && works) return 'a class that works';
  if (type.kind === 'class' && type.bases.some((it) => it.kind === 'ref' && livesOn.test(it.name)))
    return 'an entity';
  const hears = [...type.bases, ...type.implements].some(
    (it) => it.kind === 'ref' && listening.test(it.name),
  );
  if (type.kind === 'class' && hears) return 'a class that works';
  const made = [...type.bases, ...type.implements, ...(type.alias ? [type.alias] : [])];
  if (made.some((it) => it.kind === 'ref' && requestBase.test(it.name))) return 'a command or query';
  if ([...type.bases, ...type.implements].some((it) => isUiBase(it, own)))
    return 'an event of the user interface';
  if (isPage && type.kind !== 'class' && /Event$/.test(type.name)) return 'part of a user interface';
  if (type.kind !== 'class' && socketName.test(type.name)) return 'part of a user interface';
  if (isUi && (uiName.test(type.name) || /(?:Props|State)$/.test(type.name)))
    return 'part of a user interface';
  if (isRedux) return 'a redux action';
  if (membersOf(type).some((it) => requestMember.test(it.name))) return 'a request';
  if (membersOf(type).filter(isTool).length > 1) return 'what a function works with';
  return isLog || reportName.test(type.name) || logName.test(type.name) || isTaggedAsReport(type)
    ? 'a record for people or monitoring'
    : undefined;
}

/** `logger: Logger`, `orders: OrderRepository`. */
function isTool({ type }: TypeFact['members'][number]): boolean {
  return type?.kind === 'ref' && /^Logger$|[a-zA-Z\d](?:Client|Repository|Logger|Service)$/.test(type.name);
}

/** `eventType: AnalyticsEvents.PageViewed`. */
function isTaggedAsReport(fact: TypeFact): boolean {
  return membersOf(fact).some(({ name, type }) => {
    return /(?:type|name|event)$/i.test(name) && type?.kind === 'ref' && reportTag.test(type.name);
  });
}

function membersOf({ members, alias }: TypeFact): TypeFact['members'] {
  return alias?.kind === 'object' ? alias.members : members;
}

function namesOfOwn({ imports, types }: FileFacts): ReadonlySet<string> {
  const imported = imports.filter((it) => !isPagePackage(it.from)).map((it) => it.local);
  return new Set([...imported, ...types.map((it) => it.name)]);
}

function isUiBase(base: TypeExpr, own: ReadonlySet<string>): boolean {
  if (base.kind !== 'ref' || (/^(?:Message)?Event$/.test(base.name) && own.has(base.name))) return false;
  return uiBase.test(base.name) && !(base.name === 'Event' && base.args.length > 0);
}
