// Queues as the workspace declares them: which consumer reads which, and what becomes of messages that fail.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { FailurePolicy, QueueRole, Written } from '../../facts/roles.ts';
import { areSame } from '../../same.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, FunctionNode, GivenObject } from '../model.ts';
import { listedQueues } from './listedQueues.ts';
import { givenQueue } from './microserviceOptions.ts';

export interface Declared {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  readonly role: QueueRole;
  /** By which the queue is known: its name, or the variable that holds it. */
  readonly keys: readonly string[];
  /** Where the options stand, if not at the call. */
  readonly given?: GivenObject;
}

const deepest = 4;

/** All declarations of all files. */
export function declaredQueues(model: EventModel): readonly Declared[] {
  return saidOfFiles(model, 'declared queues', (facts) => declaredIn(model, facts));
}

function* declaredIn(model: EventModel, facts: FileFacts): Iterable<Declared> {
  const { file } = facts;
  for (const { fn: fact, action } of indexOf(facts).withRoles) {
    for (const role of action.roles) {
      if (role.kind !== 'queue') continue;
      const fn = { file, fact };
      if (role.from && !role.queue) {
        const found = givenQueue(model, file, role);
        if (found?.role.queue)
          yield { fn, action, ...found, keys: keysOf(model, found.given.file, found.role.queue) };
        continue;
      }
      const keys = role.queue ? keysOf(model, file, role.queue) : [];
      const listed = listedQueues(model, facts, role);
      for (const { name, role: own } of listed)
        yield {
          fn,
          action,
          role: own,
          keys: name ? [...keys, ...keysOf(model, name.file, name.expr)] : keys,
        };
      if (listed.length === 0) yield { fn, action, role, keys };
    }
  }
}

/** The declarations of the queue that a consumer reads; who asks depends on those alone. */
export function declarationsOf(model: EventModel, consumer: ConsumerNode): readonly Declared[] {
  const keys = keysRead(model)(consumer);
  return [...new Set(keys.flatMap((it) => declaredUnder(model)(it) ?? []))];
}

/** To be made before anything is asked of a model that was kept from the one before. */
export const declaredUnder = once((model: EventModel) =>
  model.keeper.lookUp(
    'queues by their keys',
    () => byKeys(declaredQueues(model)),
    (one, other) => areSame(one, other, Object.is),
  ),
);

function byKeys(declared: readonly Declared[]): ReadonlyMap<string, readonly Declared[]> {
  const found = new Map<string, Declared[]>();
  for (const it of declared) for (const key of it.keys) found.set(key, [...(found.get(key) ?? []), it]);
  return found;
}

/** The keys of the queue that a consumer reads. */
export function keysRead(model: EventModel): (consumer: ConsumerNode) => readonly string[] {
  return model.aboutConsumers('keys of its queue', ({ fact, handler, file, runBy }) => {
    if (!fact.queue) return [];
    // What a wrapper or a base class runs stands in another file than the registration.
    const ranIn = runBy?.caller.file ?? file;
    const own = model.files.get(ranIn)?.consumers.includes(fact) ? ranIn : (handler?.file ?? file);
    const registeredIn = typeof fact.handler === 'number' ? own : registration(model, file, fact);
    return keysOf(model, registeredIn, fact.queue);
  });
}

/** The file that registers a consumer whose handler stands elsewhere. */
function registration({ files }: EventModel, otherwise: FilePath, fact: ConsumerNode['fact']): FilePath {
  for (const [file, facts] of files) if (facts.consumers.includes(fact)) return file;
  return otherwise;
}

/** What several declarations of one queue say together: one that gives is enough, one that can't be read leaves it open. */
export function together(policies: readonly FailurePolicy[], of: 'deadLetter' | 'limit'): Written {
  const all = policies.map((it) => it[of]);
  if (all.includes('given')) return 'given';
  return all.length === 0 || all.includes('unknown') ? 'unknown' : 'none';
}

/** The names that an expression may stand for, or else the place of the variable or member that holds one. */
export function keysOf(model: EventModel, file: FilePath, expr: Expr, depth = 0): readonly string[] {
  const text = model.program.stringOf(file, expr);
  if (text !== undefined) return [`'${text}'`];
  if (depth > deepest) return [];
  if (expr.kind === 'member' && expr.name === 'queue' && expr.object.kind === 'name')
    return ofAsserted(model, file, expr.object, depth) ?? memberKeys(file, expr);
  if (expr.kind === 'member') return memberKeys(file, expr);
  if (expr.kind === 'template')
    return [`${file} ${expr.parts.map((it) => (typeof it === 'string' ? it : pathOf(it))).join('$')}`];
  if (expr.kind !== 'name' || expr.binding === undefined) return [];
  const binding = model.files.get(file)?.bindings[expr.binding];
  if (!binding) return [];
  const own = [`${file} ${expr.binding}`];
  if (binding.kind === 'parameter') return [...own, ...handedIn(model, file, expr.binding, depth)];
  return binding.kind === 'const' && binding.init
    ? [...own, ...keysOf(model, file, binding.init, depth + 1)]
    : own;
}

/** `q.queue` of `const q = await channel.assertQueue(name)`. */
function ofAsserted(
  model: EventModel,
  file: FilePath,
  { binding }: Expr & { kind: 'name' },
  depth: number,
): readonly string[] | undefined {
  const init = binding === undefined ? undefined : model.files.get(file)?.bindings[binding]?.init;
  const isAsserted =
    init?.kind === 'call' && init.callee.kind === 'member' && init.callee.name === 'assertQueue';
  const [queue] = isAsserted ? init.args : [];
  return queue && keysOf(model, file, queue, depth + 1);
}

/** The environment is the same everywhere, a field only in its file. */
function memberKeys(file: FilePath, expr: Expr): readonly string[] {
  const path = pathOf(expr);
  return [path.startsWith('process.env.') ? path : `${file} ${path}`];
}

/** What callers hand in for a parameter. */
function handedIn(model: EventModel, file: FilePath, id: number, depth: number): readonly string[] {
  const facts = model.files.get(file);
  const binding = facts?.bindings[id];
  const fact = binding?.function === undefined ? undefined : facts?.functions[binding.function];
  const index = binding?.index;
  if (!fact || index === undefined) return [];
  return model.program.callersOf({ file, fact }).flatMap(({ caller, action }) => {
    const arg = action.call.args[index];
    return arg ? keysOf(model, caller.file, arg, depth + 1) : [];
  });
}
