// Consumers that are registered by a call of the workspace's own: at the handler, and at the wrapper for what it does around it.
import type { ConsumerFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { isTold, type Message, type ReadMessage } from '../messages/message.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { handlerBehind } from './handlers.ts';
import { handlerAt } from './listedHandlers.ts';
import { methodCalled, registrars, type Registrar } from './registrars.ts';

const maxWrappers = 4;

interface Tools {
  readonly linking: Linking;
  readonly read: ReadMessage;
}

/** The consumers behind these calls. What a wrapper does around each handler that it is handed is one consumer of all their messages. */
export function registeredBy(
  found: readonly Registrar[],
  fact: ConsumerFact,
  tools: Tools,
): readonly ConsumerDraft[] {
  const drafts = new Map<string, ConsumerDraft>();
  for (const it of found.flatMap((one) => ofRegistrar(one, fact, tools, maxWrappers))) {
    const key = `${it.file}:${it.at.start}`;
    drafts.set(key, { ...it, messages: [...(drafts.get(key)?.messages ?? []), ...it.messages] });
  }
  return [...drafts.values()];
}

/** `listen('order.placed', handler)`, where `listen` registers what it is handed, or hands it on once more. */
function ofRegistrar(
  registrar: Registrar,
  fact: ConsumerFact,
  tools: Tools,
  depth: number,
): readonly ConsumerDraft[] {
  const { file, event, handler, fn, entry } = registrar;
  const said = tools.read(event.file, event.expr);
  const told = said.filter(isTold);
  const isRead = told.length > 0 || said.every((it) => it.kind === 'unknown');
  const outer = isRead || depth === 0 ? [] : ofCallers(registrar, said, fact, tools, depth - 1);
  // A topic that only the configuration knows, or nobody here: which message comes is unknown, but one comes.
  if (outer.length > 0 || (told.length === 0 && fact.transport !== 'broker')) return outer;
  const messages: readonly Message[] = told.length > 0 ? told : [{ kind: 'unknown' }];
  const method = entry && methodCalled(entry);
  const found =
    fn ??
    (handler && method !== undefined ? handlerAt(handler, [method], tools.linking) : undefined) ??
    (handler && handlerBehind(handler.file, handler.expr, tools.linking, 0));
  const place = placeOfHandled(registrar, fact, found, tools.linking);
  const draft = { ...place, registeredIn: file, fact, handler: found, messages, handedOn: [] };
  return [{ ...draft, ...(entry && { entry }) }];
}

/** The caller is handed the event as well: its own callers know it. */
function ofCallers(
  { event, handler, fn, entry, isWrapped }: Registrar,
  said: readonly Message[],
  fact: ConsumerFact,
  tools: Tools,
  depth: number,
): readonly ConsumerDraft[] {
  const facts = tools.linking.files.get(event.file);
  const isHere = handler?.file === event.file;
  const inner: ConsumerFact = {
    ...fact,
    handler: isHere ? handler.expr : { kind: 'unknown', at: event.expr.at },
  };
  const outer = (facts && registrars(facts, inner, said, tools.linking)) ?? [];
  const known = { ...(fn && { fn }), ...(entry && { entry }), ...(isWrapped && { isWrapped }) };
  return outer.flatMap((it) => ofRegistrar({ ...it, ...known }, fact, tools, depth));
}

/**
 * At the handler's own name, at the wrapper for what it does around the handler, else at the call that registers. What stands in
 * another package than the call serves many services.
 */
function placeOfHandled(
  { file, at, name = '', fn, isWrapped }: Registrar,
  fact: ConsumerFact,
  found: FunctionNode | undefined,
  linking: Linking,
): Pick<ConsumerDraft, 'file' | 'at' | 'name'> {
  if (fn && isWrapped) return { file: fn.file, at: fact.at, name: fact.name };
  const named = found?.fact.name === '' ? onlyCallee(found, linking) : found;
  if (!named) return { file, at, name: name || fact.name };
  const isElsewhere =
    (fn !== undefined || named !== found) && linking.unitOf(named.file) !== linking.unitOf(file);
  return isElsewhere
    ? { file, at, name: named.fact.name }
    : { file: named.file, at: named.fact.at, name: named.fact.name };
}

/** `async (message) => { await charge(message); }`: what a callback without a name hands its message on to. */
function onlyCallee({ file, fact }: FunctionNode, { calls }: Linking): FunctionNode | undefined {
  const [only, ...others] = callsIn(fact.body);
  const isHanded = only?.call.args.some(
    (it) => it.kind === 'name' && it.binding !== undefined && fact.parameters.includes(it.binding),
  );
  const [callee, ...more] = only && isHanded ? calls.callees(file, only.call) : [];
  return others.length + more.length > 0 || callee?.fact.name === '' ? undefined : callee;
}
