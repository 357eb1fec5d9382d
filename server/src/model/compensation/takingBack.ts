// What one function takes back of what it did: in catches, in branches, in what it keeps on a stack for later.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { Role } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { runsOf } from '../calls/callbackRuns.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { FunctionNode, Undoing } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { saidBy, type Reading } from '../sagas/deeds.ts';
import { asCallee, journaledName, journalOf } from '../sagas/journals.ts';
import { nameElsewhere, runElsewhere } from '../sagas/registrations.ts';
import { isSurelyUndoing, isUndoing, namesSubject } from './undoing.ts';

/** A call of the body, or of a callback in it, and where it stands. */
export interface Placed {
  readonly action: CallAction;
  readonly zone: 'line' | 'branch' | 'catch';
  readonly index: number;
  readonly isLooped?: true;
  /** The name under which a durable engine keeps the callback that it stands in. */
  readonly keptAs?: string;
}

/** Something that may take back a step: the words that name it, and where it stands among the calls. */
export interface Back extends Undoing {
  readonly words: string;
  readonly index: number;
  /** It stands in a branch that is run once: what comes after that it can't take back. */
  readonly isBranch?: true;
}

export interface TakingBack {
  readonly backs: readonly Back[];
  /** What is put on a stack to be run later; its words may say nothing. */
  readonly pushes: readonly Back[];
  /** What is written again after a failure, by the path of what keeps it: an order that becomes a failed one. */
  readonly rows: readonly Back[];
  /** What else happens after a failure and can't be read, or is announced to others: any step may be taken back by it. */
  readonly open: readonly CallAction[];
}

const pushing =
  /^(?:push|unshift|add|set|addCompensation\w*|register(?:Compensation|Undo|Rollback)?\w*|withCompensation|defer|onRollback|compensateWith|addUndo|addRollback)$/;
const stacks = /compensat|rollback|roll_back|undo|revert|cleanup|teardown|saga|defer|stack|reverse/i;
const failing =
  /compensat|fail|abort|cancel|recover|clean|undo|revert|roll_?back|publish|emit|dispatch|trigger/i;
const maxDepth = 3;
const quiet = new Set(['log', 'alert', 'read', 'write', 'ack']);

/** Whether a call keeps something for later that takes a step back. */
export function isPush({ call }: CallAction): boolean {
  const name = calleeName(call.callee) ?? '';
  if (!pushing.test(name)) return false;
  const path = pathOf(call.callee);
  return /compensat|rollback|undo|defer/i.test(name) || stacks.test(path.slice(0, -name.length));
}

/** Gathers what a body takes back. `failures` are catches around calls of the function. */
export function takingBack(
  fn: FunctionNode,
  placed: readonly Placed[],
  failures: readonly CallAction[],
  reading: Reading,
): TakingBack {
  const facts = reading.linking.files.get(fn.file);
  const backs: Back[] = [];
  const pushes: Back[] = [];
  const rows: Back[] = [];
  const open: CallAction[] = [...failures.filter((it) => isOpen(fn.file, it, reading))];
  for (const { action, zone, index, keptAs, isLooped } of placed) {
    if (isPush(action)) {
      if (facts) pushes.push(pushed(facts, action, index, reading));
    } else if (zone !== 'line' || isSurelyUndoing(saidBy(action))) {
      const read = backsIn(fn.file, action, index, reading, 0);
      const found =
        read.length > 0 || keptAs === undefined ? read : keptBacks(fn.file, action, index, keptAs);
      const isBranch = zone === 'branch' && !isLooped;
      backs.push(...(isBranch ? found.map((it) => ({ ...it, isBranch })) : found));
      if (zone === 'catch') rows.push(...rewritten(fn.file, action, index));
      if (zone === 'catch' && found.length === 0 && isOpen(fn.file, action, reading)) open.push(action);
    }
  }
  return { backs, pushes, rows, open };
}

/** `ctx.run('refund card', () => fetch(…))`: the engine keeps it under a name that tells what it takes back. */
function keptBacks(file: FilePath, { call }: CallAction, index: number, keptAs: string): readonly Back[] {
  const words = asCallee(keptAs);
  if (!isUndoing(words)) return [];
  return [{ name: keptAs, words, file, at: call.at, functions: [], known: 'always', index }];
}

function rewritten(file: FilePath, { call, roles }: CallAction, index: number): readonly Back[] {
  const name = pathOf(call.callee);
  const isWritten =
    roles.some((it) => it.kind === 'write') || /\.(?:update|save|set|mark|fail|persist)\w*$/.test(name);
  const words = name.slice(0, name.lastIndexOf('.'));
  return isWritten && words !== ''
    ? [{ name, words, file, at: call.at, functions: [], known: 'always', isRow: true, index }]
    : [];
}

/** The call itself where its name says so, and those that its body makes. */
function backsIn(
  file: FilePath,
  action: CallAction,
  index: number,
  reading: Reading,
  depth: number,
): readonly Back[] {
  const { call, roles, isNew } = action;
  if (isNew || isPlumbing(action) || roles.some((it) => it.kind === 'log')) return [];
  const functions = runIn(reading, file, action);
  const name = saidBy(action);
  const command = roles.flatMap((it) => commandIn(file, it, reading)).join(' ');
  const words = command || name;
  const isNamed = isUndoing(words) && namesSubject(words);
  const place = { name: nameElsewhere(action) ?? words, file, at: call.at };
  const own: Back = { ...place, words, functions, known: 'always', index };
  const inner = functions.flatMap((callee) =>
    [...eachAction(depth < maxDepth ? callee.fact.body : [])].flatMap((it) =>
      // `releaseStock()` says what the address that it asks says again.
      it.kind === 'call' && !(isNamed && saidBy(it) !== pathOf(it.call.callee))
        ? backsIn(callee.file, it, index, reading, depth + 1)
        : [],
    ),
  );
  // `compensate()` says less than what it calls.
  const isTelling = isNamed || (isUndoing(words) && inner.length === 0);
  return isTelling ? [own, ...inner] : inner;
}

/** The functions that a call runs, here or elsewhere. */
function runIn({ linking }: Reading, file: FilePath, action: CallAction): readonly FunctionNode[] {
  return [...linking.calls.callees(file, action.call), ...runElsewhere(linking, file, action)];
}

function commandIn(file: FilePath, role: Role, { linking }: Reading): readonly string[] {
  return role.kind === 'publish' && role.isRequest ? [commandNamed(linking.program, file, role.event)] : [];
}

/** `push(() => releaseStock())`, `unshift(releaseStock)`, `push({ type: 'releaseStock' })`. */
function pushed(facts: FileFacts, { call }: CallAction, index: number, reading: Reading): Back {
  const { file } = facts;
  const values = call.args.flatMap((it) =>
    it.kind === 'object' ? it.entries.map(({ value }) => value) : [it],
  );
  const functions = values.flatMap((arg) =>
    arg.kind === 'function'
      ? fnOf(facts, arg.function)
      : arg.kind === 'name' || arg.kind === 'member'
        ? reading.linking.calls.functionsOf(file, arg)
        : [],
  );
  const words = call.args.flatMap((arg) => wordsIn(facts, arg, 0));
  const name = words.find(isUndoing) ?? words[0] ?? 'the compensation';
  return { name, words: words.join(' '), file, at: call.at, functions, known: 'before', index };
}

function fnOf(facts: FileFacts, id: number): readonly FunctionNode[] {
  const fact = facts.functions[id];
  return fact ? [{ file: facts.file, fact }] : [];
}

/** What a function calls; of what an engine journals, the name and what stands in it. */
function saidIn(facts: FileFacts, { fact }: FunctionNode, depth: number): readonly string[] {
  return eachAction(fact.body).flatMap((it) => {
    if (it.kind !== 'call') return [];
    const journal = journalOf(it);
    if (!journal) return [saidBy(it)];
    const name = journaledName(it);
    const inside = journal.body ? wordsIn(facts, journal.body, depth + 1) : [];
    return name === undefined ? inside : [asCallee(name), ...inside];
  });
}

function wordsIn(facts: FileFacts, expr: Expr, depth: number): readonly string[] {
  if (depth > 2) return [];
  const inside = (it: Expr): readonly string[] => wordsIn(facts, it, depth + 1);
  switch (expr.kind) {
    case 'string':
      return [expr.value];
    case 'name':
    case 'member':
      return [pathOf(expr)];
    case 'function':
      return fnOf(facts, expr.function).flatMap((it) => saidIn(facts, it, depth));
    case 'call':
    case 'new':
      return [pathOf(expr.callee), ...expr.args.flatMap(inside)];
    case 'array':
      return expr.items.flatMap(inside);
    case 'object': {
      // A function or a tag says what is to be done, what stands beside it says to what.
      const values = expr.entries.map((it) => it.value);
      const kinds = ['function', 'string'].find((kind) => values.some((it) => it.kind === kind));
      return values.filter((it) => kinds === undefined || it.kind === kinds).flatMap(inside);
    }
    default:
      return [];
  }
}

/** Whether a call after a failure may do anything: it announces the failure, or nobody can read it. */
function isOpen(file: FilePath, action: CallAction, { bodyOf, linking }: Reading): boolean {
  const { call, roles, isNew } = action;
  if (isNew || isPlumbing(action) || roles.some((it) => quiet.has(it.kind))) return false;
  if (roles.some((it) => it.kind === 'publish')) return true;
  if (roles.some((it) => it.kind === 'remote' && !it.isRead && it.what === 'http' && it.asks === undefined))
    return true;
  const callees = linking.calls.callees(file, call);
  const name = calleeName(call.callee) ?? '';
  // What runs inside such a scope is read by itself.
  if (/^(?:non)?cancellable$/i.test(name)) return false;
  if (callees.length === 0) return isUndoing(saidBy(action)) || failing.test(name);
  return callees.some((it) => bodyOf(it).effects.some((effect) => effect.role.kind !== 'write'));
}

/** A transaction of the database takes back rows and nothing else. Its methods take no arguments. */
function isPlumbing({ call, roles }: CallAction): boolean {
  return (
    roles.some((it) => it.kind === 'transaction') &&
    (call.args.length === 0 || !isUndoing(pathOf(call.callee)))
  );
}

/** The calls of a body in order, with those in callbacks that run there. */
export function placedCalls(facts: FileFacts, body: readonly Action[]): readonly Placed[] {
  const found: Placed[] = [];
  collect(facts, body, { zone: 'line', depth: 0 }, found);
  return found;
}

/** Where a list of actions stands. */
interface Around {
  readonly zone: Placed['zone'];
  readonly depth: number;
  readonly keptAs?: string;
  readonly isLooped?: true;
}

function collect(facts: FileFacts, body: readonly Action[], around: Around, found: Placed[]): void {
  const { zone, keptAs, isLooped } = around;
  const told = { ...(keptAs !== undefined && { keptAs }), ...(isLooped && { isLooped }) };
  const inner: Around = zone === 'line' ? { ...around, zone: 'branch' } : around;
  for (const action of body) {
    if (action.kind === 'call') {
      const kept = nameElsewhere(action);
      found.push({ action, zone, index: found.length, ...told, ...(kept !== undefined && { keptAs: kept }) });
      if (!isPush(action)) inCallbacks(facts, action, around, found);
    } else if (action.kind === 'try') {
      collect(facts, action.body, around, found);
      collect(facts, action.handler ?? [], { ...around, zone: 'catch' }, found);
      collect(facts, action.finalizer, inner, found);
    } else if (action.kind === 'if') {
      for (const it of [action.then, action.otherwise]) collect(facts, it, inner, found);
    } else if (action.kind === 'switch') {
      for (const it of action.cases) collect(facts, it.body, inner, found);
    } else if (action.kind === 'loop') collect(facts, action.body, { ...around, isLooped: true }, found);
  }
}

function inCallbacks(facts: FileFacts, action: CallAction, around: Around, found: Placed[]): void {
  const { depth, zone, isLooped } = around;
  if (depth > maxDepth) return;
  const { call } = action;
  const name = calleeName(call.callee);
  const keptAs = journaledName(action) ?? around.keptAs;
  // `(async () => { … })()` runs there and then.
  const own = call.callee.kind === 'function' ? facts.functions[call.callee.function] : undefined;
  if (own) collect(facts, own.body, { ...around, depth: depth + 1 }, found);
  call.args.forEach((arg, index) => {
    const fn = arg.kind === 'function' ? facts.functions[arg.function] : undefined;
    const isCatch = name === 'catch' || (name === 'then' && index === 1);
    const inside = {
      zone: isCatch ? 'catch' : zone,
      depth: depth + 1,
      ...(keptAs !== undefined && { keptAs }),
      ...(isLooped && { isLooped }),
    } as const;
    if (fn && runsOf(facts, action, arg) !== 'when-called') collect(facts, fn.body, inside, found);
  });
}
