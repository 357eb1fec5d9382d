// Consumers under a decorator of the workspace that only notes its options at the method, as metadata: `SetMetadata(TOPIC, options)`.
// Whoever reads the note registers the method; how it does so, and with what around it, is the same for all of them.
import type { CallExpr, DecoratorFact, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { calleeName, eachAction, indexOf, type CallSite } from '../fileIndex.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { actionsUnder, handedHandler, type Entry } from './handedHandlers.ts';

/** How the methods under a decorator are registered, and the call that runs them. */
export interface Noted {
  readonly by: ConsumerFact;
  readonly entry?: Entry;
}

/** How many calls below a reader a registration is looked for. */
const furthest = 3;

/** How those are registered that read what a decorator notes; undefined where nobody in sight hands them to a bus or broker. */
export function registrationBehind(
  file: FilePath,
  decorator: DecoratorFact,
  linking: Linking,
): Noted | undefined {
  const name: Expr = { kind: 'name', name: decorator.name, at: decorator.at };
  for (const key of keysOf({ file, expr: name }, linking)) {
    const readers = readersOf(key, linking);
    const found = readers.flatMap((it) => registrationsBelow(it, linking));
    const best = found.find(({ by }) => by.transport === 'broker') ?? found[0];
    if (best) return best;
  }
  return undefined;
}

interface Written {
  readonly file: FilePath;
  readonly expr: Expr;
}

const notes = /^(?:SetMetadata|defineMetadata)$/;

/** Under which keys a decorator notes something; one that the framework makes is its own key. */
function keysOf(decorator: Written, { values, files }: Linking): readonly Written[] {
  const value = values.evaluate(decorator.file, decorator.expr);
  if (value.kind === 'expr') return isMade(value.expr) ? [decorator] : [];
  if (value.kind !== 'function') return [];
  const { file, fact } = value.node;
  const facts = files.get(file);
  if (!facts) return [];
  // `() => (target, key, descriptor) => { … }` notes in the function that it gives.
  const inner = facts.functions.filter((it) => it.outer === fact.id);
  return [fact, ...inner]
    .flatMap((it) => eachAction(it.body))
    .flatMap((it) => {
      const [key] = it.kind === 'call' && notes.test(calleeName(it.call.callee) ?? '') ? it.call.args : [];
      return key ? [{ file, expr: key }] : [];
    });
}

/** `Reflector.createDecorator<Options>()`. */
function isMade(expr: Expr): boolean {
  return expr.kind === 'call' && calleeName(expr.callee) === 'createDecorator';
}

const reads =
  /^(?:getMetadata|getOwnMetadata|hasMetadata|hasOwnMetadata|getAllAndOverride|getAllAndMerge|getMetadataByDecorator|\w+WithMetaAtKey)$/;

/** Where something is read that is noted under a name. */
const readingFiles: Indexed<string, FilePath> = {
  question: 'files that read metadata',
  of: (facts) =>
    new Map(
      readingsIn(facts).flatMap(({ action: { call } }) => {
        const name = nameOf(call.args[0]);
        return name === undefined ? [] : [[name, facts.file] as const];
      }),
    ),
  isSame: (one, other) => one === other,
};

function readingsIn(facts: FileFacts): readonly CallSite[] {
  return [...indexOf(facts).calls].flatMap(([name, sites]) => {
    if (reads.test(name)) return sites;
    return name === 'get' ? sites.filter(({ action }) => isOfReflector(action.call)) : [];
  });
}

function isOfReflector({ callee }: CallExpr): boolean {
  return callee.kind === 'member' && /reflect/i.test(calleeName(callee.object) ?? '');
}

function nameOf(key: Expr | undefined): string | undefined {
  if (key?.kind === 'string') return key.value;
  return key?.kind === 'name' || key?.kind === 'member' ? key.name : undefined;
}

function readersOf(key: Written, linking: Linking): readonly FunctionNode[] {
  const { keeper, files } = linking;
  const name = nameOf(key.expr);
  const known = name === undefined ? [] : keeper.index(files, readingFiles)(name);
  const identity = identityOf(key, linking);
  return known.flatMap((file) => {
    const facts = files.get(file);
    return (facts ? readingsIn(facts) : []).flatMap(({ fn, action: { call } }) => {
      const [expr] = call.args;
      const isIt = expr && identityOf({ file, expr }, linking) === identity;
      return isIt ? [{ file, fact: fn }] : [];
    });
  });
}

/** A text is the same wherever it stands, a symbol or a decorator only where it was made. */
function identityOf({ file, expr }: Written, { values }: Linking): string {
  const text = values.stringOf(file, expr);
  if (text !== undefined) return text;
  const value = values.evaluate(file, expr);
  return value.kind === 'expr' ? `${value.file}:${value.expr.at.start}` : '';
}

/** What is registered by the class of a reader, or by what it calls. */
function registrationsBelow({ file, fact }: FunctionNode, linking: Linking): readonly Noted[] {
  const functions = linking.files.get(file)?.functions ?? [];
  const own = functions.filter(
    (it) => it.id === fact.id || (it.owner !== undefined && it.owner === fact.owner),
  );
  const seen = new Set<FunctionNode['fact']>();
  let level: readonly FunctionNode[] = own.map((it) => ({ file, fact: it }));
  const found: Noted[] = [];
  for (let depth = 0; depth < furthest; depth += 1) {
    const fresh = level.filter((it) => !seen.has(it.fact));
    for (const it of fresh) seen.add(it.fact);
    found.push(...fresh.flatMap((it) => registeredIn(it, linking)));
    level = fresh.flatMap((it) => calledBy(it, linking));
  }
  return found;
}

function calledBy({ file, fact }: FunctionNode, { files, calls }: Linking): readonly FunctionNode[] {
  const facts = files.get(file);
  return (facts ? actionsUnder(facts, fact) : []).flatMap((it) =>
    it.kind === 'call' ? calls.callees(file, it.call) : [],
  );
}

function registeredIn({ file, fact }: FunctionNode, { files }: Linking): readonly Noted[] {
  const facts = files.get(file);
  if (!facts) return [];
  return facts.consumers.flatMap((by) => {
    const isHere = by.handler !== fact.id && fact.span.start < by.at.start && by.at.end < fact.span.end;
    if (!isHere || by.transport === 'unknown' || by.isRequest) return [];
    const entry = handedHandler(facts, by, undefined)?.entry ?? computedEntry(facts, by);
    return [{ by, ...(entry && { entry }) }];
  });
}

/** `instance[method](message)`: the call by which a registration runs whatever was noted. */
function computedEntry(facts: FileFacts, { handler }: ConsumerFact): Entry | undefined {
  const fact = typeof handler === 'number' ? facts.functions[handler] : undefined;
  for (const action of fact ? actionsUnder(facts, fact) : []) {
    if (action.kind !== 'call' || !fact) continue;
    const { callee } = action.call;
    if (callee.kind === 'member' && isComputed(callee)) return { caller: { file: facts.file, fact }, action };
  }
  return undefined;
}

/** `instance[method]`, `instance[method].call`. */
function isComputed(callee: Expr): boolean {
  if (callee.kind !== 'member') return false;
  return callee.name === '[]' || (/^(?:call|apply)$/.test(callee.name) && isComputed(callee.object));
}
