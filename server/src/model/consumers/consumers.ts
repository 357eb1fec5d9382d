// Which functions consume which messages: registrations bound to their handlers, dispatchers taken apart into branches.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { isLambdaMessage } from '../../facts/messagingPackages.ts';
import type { FilePath, Place } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Message, ReadMessage } from '../messages/message.ts';
import { messagesTyped } from '../messages/typedMessages.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { branchesOf, comparedNames, type Branch } from './dispatch.ts';
import { ofCallbacks } from './handedCallbacks.ts';
import { handlerBehind } from './handlers.ts';
import { filledIn } from './inheritedHandlers.ts';
import { ofListed } from './listedHandlers.ts';
import { decoratedConsumers, type Decorated } from './ownDecorators.ts';
import { parsedTypes } from './parsedTypes.ts';
import { atBoundQueues } from './queueBindings.ts';
import { registeredBy } from './registered.ts';
import { registrars } from './registrars.ts';
import { ofSubclasses } from './subclassConsumers.ts';
import { takersOf } from './takers.ts';

/** All consumers of all files. */
export function draftConsumers(linking: Linking, read: ReadMessage): readonly ConsumerDraft[] {
  const atBound = atBoundQueues(linking, read);
  const drafts = saidOfFiles(linking, 'consumer drafts', (facts) =>
    [...facts.consumers.map((fact): Decorated => ({ fact })), ...decoratedConsumers(facts, linking)].flatMap(
      ({ fact, entry }) =>
        draftsOf(facts, fact, linking, read).map((it) => atBound(entry ? { entry, ...it } : it)),
    ),
  );
  return onceEach(drafts);
}

/** `Bus.listen('order.placed', reserve)` looks like a registration and hands on to one: it is that one. */
function onceEach(all: readonly ConsumerDraft[]): readonly ConsumerDraft[] {
  const named = new Set(
    all.flatMap((it) => {
      const isTold = it.handler && !isByConvention(it) && it.messages.some(isNamed);
      return isTold ? [it.handler.fact] : [];
    }),
  );
  const drafts = all.filter((it) => !isByConvention(it) || !it.handler || !named.has(it.handler.fact));
  const registered = new Map<FunctionFact, Set<FilePath>>();
  for (const { fact, handler, registeredIn } of drafts) {
    if (!handler || fact.library === 'own-bus' || isByType(fact)) continue;
    registered.set(handler.fact, (registered.get(handler.fact) ?? new Set()).add(registeredIn));
  }
  return drafts.filter(({ fact, handler, registeredIn }) => {
    const places = handler && registered.get(handler.fact);
    if (isByType(fact)) return places === undefined;
    return fact.library !== 'own-bus' || places?.has(registeredIn) !== true;
  });
}

/** `const charge: Processor = …`: it counts where no worker in sight is given it. */
function isByType({ library, events, queue }: ConsumerFact): boolean {
  return library === 'bullmq' && events.length === 0 && !queue;
}

/** Found by the name of its class alone, which counts for nothing where a call registers it. */
export function isByConvention({ fact, handler }: ConsumerDraft): boolean {
  return (
    fact.library === 'own-bus' && handler?.fact.kind === 'method' && fact.at.start === handler.fact.at.start
  );
}

function draftsOf(
  facts: FileFacts,
  fact: ConsumerFact,
  linking: Linking,
  read: ReadMessage,
): readonly ConsumerDraft[] {
  if (fact.takes && !isOfLibrary(facts.file, fact.takes, linking, 4)) return [];
  const called = handlerOf(facts, fact, linking);
  const filled = called && filledIn(facts, fact, called, linking);
  const handler = filled?.handler ?? called;
  if (handler && isHelper(fact, handler, linking)) return [];
  const said = fact.events.flatMap((it) => read(facts.file, it));
  if (fact.isHandedOver) return handler ? ofTakers(handler, fact, said, linking) : [];
  const { split, inline } = takenApart(handler, fact, linking);
  const messages = [...told(said, fact, handler, linking), ...inline.map(asName)];
  const listed = ofListed(facts, fact, { linking, read, typed: (it) => eventTypesOf(it, fact, linking, 0) });
  const isTold = messages.length + listed.length > 0;
  const elsewhere = isTold ? undefined : namedElsewhere(facts, fact, said, { linking, read });
  const branches = split.flatMap((it) => ofBranch(it, fact, facts.file, linking));
  if (elsewhere) return [...elsewhere, ...branches];
  const rest = messages.length + split.length > 0 ? [] : compared(handler, fact, linking);
  const own: ConsumerDraft = {
    ...placeOf(facts, fact, handler),
    ...{ registeredIn: facts.file, fact, handler, handedOn: handedOnIn(split) },
    ...(filled && { entry: filled.entry }),
    messages: [...messages, ...rest],
  };
  if (listed.length > 0) return handler ? [aroundAll(own, listed), ...listed] : listed;
  return branches.length > 0 ? [own, ...branches] : ofCallbacks(facts, own, { linking, read });
}

function handedOnIn(split: readonly Branch[]): readonly Place[] {
  return split.flatMap(({ action, dispatcher }) =>
    action ? [{ file: dispatcher.file, at: action.call.at }] : [],
  );
}

/** What the callback does around each item of a list is one consumer of all their messages. */
function aroundAll(own: ConsumerDraft, listed: readonly ConsumerDraft[]): ConsumerDraft {
  const handedOn = listed.flatMap(({ entry }) =>
    entry ? [{ file: entry.caller.file, at: entry.action.call.at }] : [],
  );
  return { ...own, messages: listed.flatMap((it) => it.messages), handedOn };
}

/** `for (const message of await this.queue.receive())`. */
function ofTakers(
  giver: FunctionNode,
  fact: ConsumerFact,
  said: readonly Message[],
  linking: Linking,
): readonly ConsumerDraft[] {
  return takersOf(giver, linking).map((handler) => {
    const messages = told(said, fact, handler, linking);
    const { file, fact: taker } = handler;
    const place = { file, at: taker.at, name: taker.name, registeredIn: file };
    return {
      ...place,
      fact,
      handler,
      messages: messages.length > 0 ? messages : [{ kind: 'unknown' }],
      handedOn: [],
    };
  });
}

/** Subclasses, callers or whoever makes the object name what comes; undefined where the registration stands for itself. */
function namedElsewhere(
  facts: FileFacts,
  fact: ConsumerFact,
  said: readonly Message[],
  { linking, read }: { readonly linking: Linking; readonly read: ReadMessage },
): readonly ConsumerDraft[] | undefined {
  const typed = (it: FunctionNode): readonly Message[] => eventTypesOf(it, fact, linking, 0);
  const left = ofSubclasses(facts, fact, said, { linking, read, typed });
  if (left.length > 0) return left;
  const forwarded = registrars(facts, fact, said, linking);
  const registered = forwarded && registeredBy(forwarded, fact, { linking, read });
  return registered?.length === 0 && isMadeUnread(forwarded, said) ? undefined : registered;
}

/** What an object was made with can be read nowhere: then what it registers stands for itself. */
function isMadeUnread(forwarded: readonly unknown[] = [], said: readonly Message[]): boolean {
  return forwarded.length > 0 && said.some((it) => it.kind === 'member');
}

/** Where nothing else tells what comes, the names that helpers compare with do. */
function compared(
  handler: FunctionNode | undefined,
  { transport, isRequest }: ConsumerFact,
  linking: Linking,
): readonly Message[] {
  const names = handler && transport === 'broker' && !isRequest ? comparedNames(handler, linking) : [];
  return names.length > 0 ? names.map(asName) : [{ kind: 'unknown' }];
}

/** The names at the registration and the types that the handler takes; where no name can be read, its helpers are asked too. */
function told(
  said: readonly Message[],
  fact: ConsumerFact,
  handler: FunctionNode | undefined,
  linking: Linking,
): readonly Message[] {
  const named = said.some(isNamed) ? said.map(asNamed) : [];
  const typed = handler ? eventTypesOf(handler, fact, linking, named.length > 0 ? 0 : 2) : [];
  return [...named, ...typed];
}

function asName(name: string): Message {
  return { kind: 'name', name };
}

/** The branches with a handler of their own, and the names that the others tell. */
function takenApart(
  handler: FunctionNode | undefined,
  { isRequest }: ConsumerFact,
  linking: Linking,
): { readonly split: readonly Branch[]; readonly inline: readonly string[] } {
  const branches = handler && !isRequest ? branchesOf(handler, linking) : [];
  const isTakenApart = branches.length > 1 || branches.some((it) => it.isLookedUp);
  const split = isTakenApart ? branches.filter((it) => it.handler) : [];
  return { split, inline: branches.filter((it) => !split.includes(it)).flatMap((it) => it.names) };
}

/** `handler: Handler<OrderPlacedEvent>`: whatever starts a function may be meant, but for what is a message behind its alias. */
function isOfLibrary(file: FilePath, type: TypeExpr | undefined, linking: Linking, steps: number): boolean {
  if (type?.kind !== 'ref' || steps === 0) return false;
  const from = linking.program.packageOf(file, type.name);
  if (from !== undefined) return from === 'aws-lambda' && isLambdaMessage(type.name);
  const node = linking.values.typeNamed(file, type.name);
  const behind = node ? [node.fact.alias, ...node.fact.bases] : [];
  return behind.some((it) => node && isOfLibrary(node.file, it, linking, steps - 1));
}

/** Lambda calls what a file exports; a function of the same shape that others call only takes the batch apart for them. */
function isHelper({ library }: ConsumerFact, handler: FunctionNode, { calls, files }: Linking): boolean {
  if (library !== 'aws-lambda') return false;
  const functions = files.get(handler.file)?.functions ?? [];
  const maker = handler.fact.outer === undefined ? undefined : functions[handler.fact.outer];
  if (!maker || maker.kind === 'module')
    return handler.fact.name !== 'handler' && calls.callersOf(handler).length > 0;
  return calls.callersOf({ file: handler.file, fact: maker }).some(({ caller }) => {
    const consumers = files.get(caller.file)?.consumers ?? [];
    return consumers.some((it) => it.library === library && it.handler === caller.fact.id);
  });
}

function ofBranch(
  branch: Branch,
  fact: ConsumerFact,
  registeredIn: FilePath,
  linking: Linking,
): readonly ConsumerDraft[] {
  const { handler, action, dispatcher } = branch;
  if (!handler) return [];
  const named = branch.names.map(asName);
  const left = named.length > 0 ? named : eventTypesOf(handler, { ...fact, eventParameter: 0 }, linking, 0);
  return [
    {
      file: handler.file,
      at: handler.fact.at,
      name: handler.fact.name || (branch.names[0] ?? fact.name),
      fact,
      registeredIn,
      handler,
      messages: left.length > 0 ? left : [{ kind: 'unknown' }],
      ...(action && { entry: { caller: dispatcher, action } }),
      handedOn: [],
    },
  ];
}

/** The handler's own name where it has one and stands elsewhere, else what the registration points at. */
function placeOf(
  facts: FileFacts,
  fact: ConsumerFact,
  handler: FunctionNode | undefined,
): Pick<ConsumerDraft, 'file' | 'at' | 'name'> {
  const isElsewhere = handler && typeof fact.handler !== 'number' && handler.fact.name !== '';
  if (isElsewhere) return { file: handler.file, at: handler.fact.at, name: handler.fact.name };
  return { file: facts.file, at: fact.at, name: fact.name };
}

function handlerOf(facts: FileFacts, fact: ConsumerFact, linking: Linking): FunctionNode | undefined {
  if (typeof fact.handler === 'number') {
    const found = facts.functions[fact.handler];
    return found && { file: facts.file, fact: found };
  }
  return handlerBehind(facts.file, fact.handler, linking, 0);
}

/** The declared type of the event parameter, what the content is parsed as, or what the class hands to its base: `extends Listener<OrderPlaced>`. */
function eventTypesOf(
  handler: FunctionNode,
  fact: ConsumerFact,
  linking: Linking,
  depth: number,
): readonly Message[] {
  const facts = linking.files.get(handler.file);
  const id = handler.fact.parameters[fact.eventParameter];
  const type = fact.takes ?? (id === undefined ? undefined : facts?.bindings[id]?.type);
  const typed = type ? messagesTyped(linking, handler.file, type) : [];
  const ofParameter = typed.length > 0 || !facts ? typed : parsedTypes(handler, linking, depth);
  if (ofParameter.length > 0 || !facts || handler.fact.owner === undefined) return ofParameter;
  const owner = indexOf(facts).types.get(handler.fact.owner);
  const args = [...(owner?.bases ?? []), ...(owner?.implements ?? [])].flatMap((it) =>
    it.kind === 'ref' ? it.args : [],
  );
  return args.flatMap((it) => messagesTyped(linking, handler.file, it));
}

/** Beside a name, whatever can't be read may be any other. */
function asNamed(message: Message): Message {
  return isNamed(message) ? message : { kind: 'unknown' };
}

function isNamed(message: Message): boolean {
  return message.kind === 'type' || message.kind === 'name';
}
