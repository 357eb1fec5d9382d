// Where events are produced. A publish that only forwards a parameter makes its callers the producers, over any number of wrappers.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import type { PublishRole, Transport } from '../../facts/roles.ts';
import type { FilePath, Span } from '../../text.ts';
import { isRunHere } from '../calls/guessedRoles.ts';
import { makesMessage } from '../events/toldTypes.ts';
import { indexOf, type FileIndex } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { isTold, saidOnce, type Message, type ReadMessage } from '../messages/message.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { handedOnBy } from './bridges.ts';
import { throughForeignBase } from './foreignPublishers.ts';
import { keptHandedIn, type HandedIn } from './handedIn.ts';
import { throughJobs } from './jobs.ts';
import { isOfChannel, ofPublisher, onChannel, readSite } from './siteMessages.ts';

/** A call that hands over one or more messages. */
export interface ProducerDraft {
  readonly file: FilePath;
  readonly at: Span;
  readonly fn: FunctionNode;
  readonly action: CallAction;
  readonly role: PublishRole;
  /** What it publishes; empty when that can't be read. */
  readonly messages: readonly Message[];
  /** Takes messages from a store: whoever stored them produced them. */
  readonly isRelay: boolean;
}

const maxWrappers = 6;
/** `NatsCommandBus` and the like hand on what is asked for, and no events. */
const isOfCommands = /(?:Command|Query|Queries)s?(?:Bus|Publisher|Producer|Sender|Dispatcher|Gateway)$/;

/** All producers, each at the outermost call that names its event. */
export function draftProducers(linking: Linking, read: ReadMessage): readonly ProducerDraft[] {
  const direct = directSites(linking, read);
  const publishing = new Map<FunctionFact, ProducerDraft[]>();
  for (const site of direct) append(publishing, site.fn.fact, site);
  const drafts = new Map<CallAction, ProducerDraft[]>();
  const covered = new Set<FunctionFact>();
  const forwarded = new Set<CallAction>();
  for (const site of direct) {
    const inner = innerSites(site, publishing, linking);
    if (inner.length === 0) append(drafts, site.action, site);
    else if (inner.every((it) => makesMessage(it, site, linking))) continue;
    else if (site.messages.some(isNamed)) {
      append(drafts, site.action, { ...site, role: throughWrapper(site.role, inner) });
      for (const it of inner) covered.add(it.fn.fact);
    }
  }
  const handed = keptHandedIn({ linking, read });
  const ofCallers = callersOfChannels(direct, { linking, handed, drafts });
  for (const site of direct) {
    if (isOfChannel(site.messages)) continue;
    const isForwarded = forward(site, site, maxWrappers, { linking, handed, drafts, seen: new Set() });
    if (isForwarded) forwarded.add(site.action);
  }
  const own = [...drafts.values()].flat().filter((it) => !ofCallers.has(it.action));
  return own.flatMap((it) => finished(it, { covered, forwarded }));
}

function directSites(linking: Linking, read: ReadMessage): readonly ProducerDraft[] {
  return saidOfFiles(linking, 'direct sites', (facts) =>
    indexOf(facts).publishes.flatMap(({ fn, action, role }) =>
      role.isRequest ||
      isOfCommands.test(fn.owner ?? '') ||
      isRunHere(action, linking.calls.callees(facts.file, action.call), linking)
        ? []
        : [siteAt(facts, { fn, action, role }, linking, read)],
    ),
  );
}

function siteAt(
  facts: FileFacts,
  { fn, action, role: said }: FileIndex['publishes'][number],
  linking: Linking,
  read: ReadMessage,
): ProducerDraft {
  const { file } = facts;
  const ofBase = throughForeignBase(file, action.call, said, linking);
  const role = throughJobs(file, action.call, ofBase, linking);
  const written = readSite(file, role, read);
  const messages = written.some(isTold)
    ? written
    : [...ofPublisher(file, action, linking), ...written.flatMap((it) => handedOnBy(facts, it, read))];
  const isRelay = messages.some((it) => it.kind === 'relayed');
  return { file, at: action.call.at, fn: { file, fact: fn }, action, role, messages, isRelay };
}

/** The publishing functions that a call recognised by its name runs: then both are one producer. */
function innerSites(
  site: ProducerDraft,
  publishing: ReadonlyMap<FunctionFact, ProducerDraft[]>,
  { calls }: Linking,
): readonly ProducerDraft[] {
  if (site.role.confidence === 'type') return [];
  const callees = calls.callees(site.file, site.action.call);
  return callees.filter((it) => it.fact !== site.fn.fact).flatMap((it) => publishing.get(it.fact) ?? []);
}

interface Forwarding {
  readonly linking: Linking;
  readonly handed: HandedIn;
  readonly drafts: Map<CallAction, ProducerDraft[]>;
  readonly seen: Set<CallAction>;
}

/** Finds what the callers of a forwarding function hand in; says whether there are any. */
function forward(origin: ProducerDraft, site: ProducerDraft, depth: number, context: Forwarding): boolean {
  const open = site.messages.filter((it) => it.kind === 'parameter' || it.kind === 'member');
  if (open.length === 0 || depth === 0) return false;
  const enclosing = openFunction(site, open, context.linking);
  const callers = context.linking.calls.callersOf(enclosing);
  for (const { caller, action } of callers) {
    if (context.seen.has(action) || action === site.action) continue;
    context.seen.add(action);
    const messages = saidOnce(open.map((it) => context.handed(it)(caller.file, action)));
    const next = atCaller(origin, enclosing, caller, action, messages);
    // Where the wrapper names the event, an object that is handed in is its content.
    const isContent = site.messages.some(isTold) && !messages.some(isTold);
    if (!isContent && messages.some((it) => isNamed(it) || it.kind === 'relayed'))
      replace(context.drafts, action, next);
    const isFurther = forward(origin, next, depth - 1, context);
    // Whoever hands in what can't be read is the place to look at.
    const hasName = [...site.messages, ...messages].some(isNamed);
    const isOpen = !isFurther && messages.length > 0 && !hasName;
    if (isOpen && !context.drafts.has(action)) append(context.drafts, action, next);
  }
  return callers.some((it) => it.action !== site.action);
}

/** Puts callers in the place of wrappers with a topic of their own; gives the calls of those wrappers. */
function callersOfChannels(
  direct: readonly ProducerDraft[],
  context: Omit<Forwarding, 'seen'>,
): ReadonlySet<CallAction> {
  const wrapping = new Set<CallAction>();
  for (const site of direct.filter((it) => isOfChannel(it.messages))) {
    const told = toldByCallers(site, site, maxWrappers, { ...context, seen: new Set() });
    if (!told) continue;
    wrapping.add(site.action);
    for (const it of told) replace(context.drafts, it.action, it);
  }
  return wrapping;
}

/** What the callers send through a wrapper with a topic of its own, where each of them tells which event that is. */
function toldByCallers(
  origin: ProducerDraft,
  site: ProducerDraft,
  depth: number,
  context: Forwarding,
): readonly ProducerDraft[] | undefined {
  const open = site.messages.filter((it) => it.kind === 'parameter');
  const enclosing = openFunction(site, open, context.linking);
  const found: ProducerDraft[] = [];
  for (const { caller, action } of context.linking.calls.callersOf(enclosing)) {
    if (context.seen.has(action) || action === site.action) continue;
    context.seen.add(action);
    const handed = open.flatMap((it) => context.handed(it)(caller.file, action));
    const messages = onChannel(site.messages, handed);
    const next = atCaller(origin, enclosing, caller, action, messages);
    const isOpen = depth > 0 && messages.some((it) => it.kind === 'parameter');
    const told = isOpen ? toldByCallers(origin, next, depth - 1, context) : [next];
    if (!told || messages.length === 0) return undefined;
    found.push(...told);
  }
  return found.length > 0 ? found : undefined;
}

function openFunction(site: ProducerDraft, open: readonly Message[], linking: Linking): FunctionNode {
  const parameter = open.find((it) => it.kind === 'parameter');
  return parameter ? { file: site.file, fact: parameter.fn } : enclosingMethod(site.fn, linking);
}

/** A publish inside a callback belongs to the named function around it. */
function enclosingMethod(fn: FunctionNode, { files }: Pick<Linking, 'files'>): FunctionNode {
  const { outer, name } = fn.fact;
  const around = name === '' && outer !== undefined ? files.get(fn.file)?.functions[outer] : undefined;
  return around ? enclosingMethod({ file: fn.file, fact: around }, { files }) : fn;
}

function atCaller(
  origin: ProducerDraft,
  wrapper: FunctionNode,
  caller: FunctionNode,
  action: CallAction,
  messages: readonly Message[],
): ProducerDraft {
  const gives = givesOf(wrapper, origin.role);
  const event = action.call.args[0] ?? origin.role.event;
  const role: PublishRole = { ...origin.role, event, channel: undefined, payload: undefined, gives };
  return {
    file: caller.file,
    at: action.call.at,
    fn: caller,
    action,
    role,
    messages,
    isRelay: messages.some((it) => it.kind === 'relayed'),
  };
}

function givesOf({ fact }: FunctionNode, role: PublishRole): PublishRole['gives'] {
  if (fact.isAsync) return 'promise';
  if (fact.returns?.kind !== 'ref') return fact.returns?.kind === 'primitive' ? 'nothing' : role.gives;
  return fact.returns.name === 'Promise'
    ? 'promise'
    : fact.returns.name === 'Observable'
      ? 'observable'
      : 'unknown';
}

function throughWrapper(role: PublishRole, inner: readonly ProducerDraft[]): PublishRole {
  const rank: readonly Transport[] = ['broker', 'outbox', 'in-process', 'unknown'];
  const transports = inner.map((it) => it.role.transport);
  const transport = rank.find((it) => transports.includes(it)) ?? role.transport;
  const source = inner.find((it) => it.role.transport === transport) ?? inner[0];
  const gives = source ? givesOf(source.fn, source.role) : role.gives;
  return { ...role, transport, gives, library: source?.role.library ?? role.library };
}

/** Drops wrappers, whose callers are the producers; keeps what nobody could name, as unread. */
function finished(
  draft: ProducerDraft,
  wrappers: { readonly covered: ReadonlySet<FunctionFact>; readonly forwarded: ReadonlySet<CallAction> },
): readonly ProducerDraft[] {
  const messages = draft.messages.filter(isNamed);
  if (messages.length > 0 || draft.isRelay) return [{ ...draft, messages }];
  const isWrapper = wrappers.covered.has(draft.fn.fact) || wrappers.forwarded.has(draft.action);
  return isWrapper ? [] : [{ ...draft, messages }];
}

function isNamed(message: Message): boolean {
  return message.kind === 'type' || message.kind === 'name' || message.kind === 'object';
}

function replace(drafts: Map<CallAction, ProducerDraft[]>, action: CallAction, draft: ProducerDraft): void {
  const others = (drafts.get(action) ?? []).filter(
    (it) => it.role.confidence === 'type' && it.messages.some(isNamed),
  );
  drafts.set(action, others.length > 0 ? others : [draft]);
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
}
