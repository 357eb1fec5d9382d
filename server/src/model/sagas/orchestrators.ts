// Classes and functions that run a saga's steps in order and take them back: wherever the steps themselves come from.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Role } from '../../facts/roles.ts';
import { durableEngines } from '../../facts/sagaWords.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { backRunsIn, baseOf, itemOf, type BackRun } from '../compensation/backRuns.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel } from '../model.ts';

const forth =
  /^(?:(?:execute|invoke|run|action)(?:Fn|Callback|Handler)?|perform|handler?|process|forward|do|transaction|up|call|apply|fn|exec|task|command)$/;
const back = /^(?:(?:with)?[cC]om+pen[st]\w*|rollback|undo|revert|backward|down)$/;
const compensating = /^(?:[a-z]+C|c)om+pen[st]\w*|^roll_?[bB]ack/;
/** Lists of what has been done. */
const kept =
  /step|saga|activit|participant|complet|execut|done|finish|success|succeed|stack|history|applied/i;
const stepLike = /^(?:s|it|cur|current|entry)$|step|task|activit|participant|action|transaction|operation/i;
const keeping =
  /^(?:save|persist|store|update|upsert|insert|create|record|checkpoint|append|commit|mark|log|set|put|publish|send|enqueue)/i;
const keeper =
  /repo|store|storage|db|database|journal|saga_?log|saga_?state|history|prisma|manager|session|tx|pool|client|dao|broker|bus|producer|queue|channel/i;

export interface Orchestrator {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
  /** Whether its progress outlives the process; unknown counts as yes. */
  readonly isPersisted: boolean;
  /** The functions of its class, or it and the callbacks inside. */
  readonly functions: readonly FunctionFact[];
}

/** All orchestrators of the workspace that no durable engine runs. */
export function orchestratorsOf(model: EventModel): readonly Orchestrator[] {
  return saidOfFiles(model, 'orchestrators', (facts) =>
    runnersIn(facts).map(({ name, at, others, functions }) => ({
      file: facts.file,
      name,
      at,
      functions,
      isPersisted: others.some((it) => keeps(model, facts, functions, it)),
    })),
  );
}

interface Runner {
  readonly name: string;
  readonly at: Span;
  readonly functions: readonly FunctionFact[];
  /** Its calls besides those of steps. */
  readonly others: readonly CallAction[];
}

const runnersIn = once((facts: FileFacts): readonly Runner[] => {
  if (facts.imports.some((it) => durableEngines.test(it.from))) return [];
  return [...byOwner(facts)].flatMap(([owner, functions]) => {
    const calls = functions.flatMap((it) => [...callsIn(it.body)]);
    const committed = new Set(
      calls.flatMap((it) => (calleeName(it.call.callee) === 'commit' ? calledOn(it) : [])),
    );
    const isOnStep = (it: CallAction, verbs: RegExp): boolean =>
      isOn(it, verbs) && !calledOn(it).some((name) => committed.has(name));
    const own = calls.filter((it) => isOnStep(it, forth) || isOnItem(facts, it, forth, stepLike));
    const ofStack = new Set(backRunsIn(facts).flatMap((it) => (isOfStack(it) ? [it.action] : [])));
    const undoing = calls.filter(
      (it) => isOnStep(it, back) || ofStack.has(it) || isOnItem(facts, it, compensating, kept),
    );
    if (own.length === 0 || undoing.length === 0) return [];
    const type = facts.types.find((it) => it.name === owner);
    const { name, at } = type ?? functions[0] ?? { name: '', at: { start: 0, end: 0 } };
    return [{ name, at, functions, others: calls.filter((it) => ![...own, ...undoing].includes(it)) }];
  });
});

/** `for (const undo of undos) await undo()`. */
function isOfStack({ action }: BackRun): boolean {
  return action.call.callee.kind === 'name' && action.settled === 'awaited';
}

/** The functions of each class, and of each function outside of classes, with all callbacks inside. */
function byOwner(facts: FileFacts): ReadonlyMap<string | number, readonly FunctionFact[]> {
  const groups = new Map<string | number, FunctionFact[]>();
  for (const fn of facts.functions) {
    if (fn.kind === 'module') continue;
    const key = rootOf(facts, fn);
    const found = groups.get(key);
    if (found) found.push(fn);
    else groups.set(key, [fn]);
  }
  return groups;
}

function rootOf(facts: FileFacts, fn: FunctionFact): string | number {
  let root = fn;
  while (root.owner === undefined && root.outer !== undefined) {
    const outer = facts.functions[root.outer];
    if (!outer || outer.kind === 'module') break;
    root = outer;
  }
  return root.owner ?? root.id;
}

/** Whether a function calls what a step does: `step.execute(…)`. */
export function runsSteps(fn: FunctionFact): boolean {
  return callsOfSteps(fn).length > 0;
}

/** The calls of what a step does. */
export function callsOfSteps({ body }: FunctionFact): readonly CallAction[] {
  return [...callsIn(body)].filter((it) => isOn(it, forth));
}

/** `step.execute(…)`, `steps[i].compensate(…)`. */
function isOn(action: CallAction, verbs: RegExp): boolean {
  const { callee } = action.call;
  if (callee.kind !== 'member' || !verbs.test(callee.name)) return false;
  const [name = ''] = calledOn(action);
  return stepLike.test(name) || (name === '[]' && callee.object.kind === 'member');
}

/** The last name of what a method is called on. What is committed too is a transaction of the database. */
function calledOn({ call: { callee } }: CallAction): readonly string[] {
  const object = callee.kind === 'member' ? callee.object : undefined;
  return object?.kind === 'name' || object?.kind === 'member' ? [object.name] : [];
}

/** `entry.action(…)` of `for (const entry of steps)`, and `action(…)` of `for (const { action } of steps)`. */
function isOnItem(facts: FileFacts, { call: { callee } }: CallAction, verbs: RegExp, lists: RegExp): boolean {
  const binding =
    callee.kind === 'name' && callee.binding !== undefined ? facts.bindings[callee.binding] : undefined;
  const called = callee.kind === 'name' ? binding?.init : callee;
  if (called?.kind !== 'member' || !verbs.test(called.name)) return false;
  const item = itemOf(facts, callee.kind === 'name' ? callee : called.object, 0);
  return item !== undefined && lists.test(baseOf(item.list)?.name ?? '');
}

/** Whether a call writes progress down, here or in what it calls; a name that says so is believed where nobody can look. */
function keeps(
  model: EventModel,
  facts: FileFacts,
  own: readonly FunctionFact[],
  action: CallAction,
): boolean {
  const { callee } = action.call;
  const fn = facts.functions.find((it) => it.span.start <= callee.at.start && callee.at.end <= it.span.end);
  const callees = fn ? model.program.calleesOf(facts.file, { file: facts.file, fact: fn }, action.call) : [];
  // Its own methods are looked into by themselves: what they call in the end are the steps too.
  if (callees.some((it) => own.includes(it.fact))) return false;
  const bodies = callees.map((it) => model.bodyOf(it));
  if (bodies.some((it) => it.effects.some(({ role }) => leavesProcess(role)))) return true;
  const isRead = callees.length > 0 && callees.every((it) => !it.fact.isAbstract);
  if (isRead && bodies.every((it) => !it.isOpen)) return false;
  return action.roles.some(leavesProcess) || claimsToKeep(action, facts);
}

/** A row that is written, a message that a broker holds. */
export function leavesProcess(role: Role): boolean {
  return role.kind === 'write' || (role.kind === 'publish' && role.transport !== 'in-process');
}

/** `sagaStore.save(…)`: a name that says so is believed, unless it is the name of a collection in memory. */
export function claimsToKeep({ call: { callee } }: CallAction, facts: FileFacts): boolean {
  if (callee.kind !== 'member' || !keeping.test(callee.name) || isCollection(callee.object, facts))
    return false;
  const object = callee.object.kind === 'member' || callee.object.kind === 'name' ? callee.object.name : '';
  return keeper.test(object);
}

/** `sagaStates = new Map<string, State>()`, as a variable or a field. */
function isCollection(expr: Expr, { types, bindings }: FileFacts): boolean {
  const isField = expr.kind === 'member' && expr.object.kind === 'this';
  const fields = isField ? types.flatMap((it) => it.members.filter((one) => one.name === expr.name)) : [];
  const binding = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding] : undefined;
  return [...fields, ...(binding ? [binding] : [])].some(({ type, init }) => {
    const made = init?.kind === 'new' ? init.callee : undefined;
    const name = type?.kind === 'ref' ? type.name : made?.kind === 'name' ? made.name : '';
    return /^(?:Readonly|Weak)?(?:Map|Set)$/.test(name);
  });
}
