// Which fields a function sets to which values, with all it calls: what an early return on a state is compared with.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { everyAction } from '../calls/nested.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** Values by field; `?` stands for one that can't be read. */
export type States = ReadonlyMap<string, ReadonlySet<string>>;

const maxCalls = 5;

/** The states that a function may produce; kept. */
export function statesOf(linking: Linking): (fn: FunctionNode) => States {
  const { keeper, calls } = linking;
  const own = keeper.keep('own states', (file, fact: FunctionFact) => ownStates({ file, fact }, linking));
  const called = keeper.keep('called', (file, fact: FunctionFact): readonly FunctionNode[] =>
    actionsOf({ file, fact }, linking).flatMap((it) =>
      it.kind === 'call' ? calls.callees(file, it.call) : [],
    ),
  );
  const states = keeper.keep('states', (file, fact: FunctionFact): States => {
    const all = new Map<string, Set<string>>();
    for (const it of within(maxCalls, { file, fact }, called))
      for (const [field, values] of own(it.file, it.fact)) add(all, field, [...values]);
    return all;
  });
  return ({ file, fact }) => states(file, fact);
}

interface Asked {
  readonly linking: Linking;
  readonly statesOf: (fn: FunctionNode) => States;
}

const changing = /stat(?:e|us)|update|set|mark|transition|save|advance|complete|apply|next|move|change/i;

/**
 * The states that a function may produce without some of its actions: another branch for another message does nothing about a repeat
 * of this one. Of a field that none of the rest sets all of them, where a call that nobody can see may set it.
 */
export function statesBeside(
  others: readonly Action[],
  fn: FunctionNode,
  all: States,
  { linking, statesOf: whole }: Asked,
): States {
  const facts = linking.files.get(fn.file);
  if (all.size === 0 || !facts) return all;
  const left = new Set(everyAction(facts, others));
  const kept = actionsOf(fn, linking).filter((it) => !left.has(it));
  const states = new Map<string, Set<string>>();
  const called: FunctionNode[] = [];
  let isUnseen = false;
  for (const action of kept) {
    addAction(fn.file, action, { states, linking });
    const callees = action.kind === 'call' ? linking.calls.callees(fn.file, action.call) : [];
    called.push(...callees);
    if (action.kind !== 'call' || action.roles.length > 0 || callees.length > 0) continue;
    isUnseen ||= changing.test(calleeName(action.call.callee) ?? '');
  }
  for (const it of called) for (const [field, values] of whole(it)) add(states, field, [...values]);
  return isUnseen ? new Map([...all, ...states]) : states;
}

/** A function and those that it calls over so many calls at most. */
function within(
  most: number,
  fn: FunctionNode,
  called: (file: FilePath, fact: FunctionFact) => readonly FunctionNode[],
): Iterable<FunctionNode> {
  const found = new Map([[fn.fact, fn]]);
  let last: readonly FunctionNode[] = [fn];
  for (let count = 0; count < most && last.length > 0; count += 1) {
    const next = last.flatMap((it) => called(it.file, it.fact)).filter((it) => !found.has(it.fact));
    for (const it of next) found.set(it.fact, it);
    last = [...new Map(next.map((it) => [it.fact, it])).values()];
  }
  return found.values();
}

function ownStates(fn: FunctionNode, linking: Linking): States {
  const states = new Map<string, Set<string>>();
  for (const action of actionsOf(fn, linking)) addAction(fn.file, action, { states, linking });
  return states;
}

interface Gathering {
  readonly states: Map<string, Set<string>>;
  readonly linking: Linking;
}

function addAction(file: FilePath, action: Action, to: Gathering): void {
  if (action.kind === 'assign' && action.target.kind === 'member')
    add(to.states, action.target.name, tokensOf(file, action.value, to.linking));
  if (action.kind !== 'call') return;
  for (const arg of settingArgs(action)) {
    addObject(file, arg, to, 0);
    addUpdate(file, arg, to);
  }
  addNamed(file, action, to);
  addSql(action, to.states);
}

/** `updateOne({ _id, status: 'HELD' }, { $set: { status: 'RELEASED' } })`: what is asked of the row is not what it is set to. */
function settingArgs({ roles, call: { args } }: CallAction): readonly Expr[] {
  const asked = roles.flatMap((it) => ((it.kind === 'write' || it.kind === 'read') && it.where) || []);
  return args.filter((arg) => !asked.some((it) => it.at.start === arg.at.start));
}

function addObject(file: FilePath, expr: Expr, to: Gathering, depth: number): void {
  if (expr.kind !== 'object' || depth > 3) return;
  for (const entry of expr.entries) {
    if (entry.key === 'where') continue;
    if (entry.value.kind === 'object') addObject(file, entry.value, to, depth + 1);
    else add(to.states, entry.key, tokensOf(file, entry.value, to.linking));
  }
}

/** `UpdateExpression: 'SET #status = :status'` of DynamoDB sets what its names and values stand for. */
function addUpdate(file: FilePath, arg: Expr, { states, linking }: Gathering): void {
  const { values } = linking;
  const value = arg.kind === 'name' ? values.evaluate(file, arg) : undefined;
  const input = value?.kind === 'expr' ? value.expr : arg;
  const expression = entryIn(input, 'UpdateExpression');
  const [text = ''] = expression ? values.stringsOf(file, expression) : [];
  const clause = /\bset\b(.*)/is.exec(text)?.[1] ?? '';
  for (const part of clause.split(/,|\b(?:remove|add|delete)\b/i)) {
    const [, name = '', placeholder = ''] = /^\s*([#\w]+)\s*=\s*(:\w+)\s*$/.exec(part) ?? [];
    const alias = entryIn(entryIn(input, 'ExpressionAttributeNames'), name);
    const [field = ''] = alias ? values.stringsOf(file, alias) : [name];
    const set = entryIn(entryIn(input, 'ExpressionAttributeValues'), placeholder);
    if (field !== '') add(states, field, set ? tokensOf(file, set, linking) : ['?']);
  }
}

function entryIn(object: Expr | undefined, key: string): Expr | undefined {
  return object?.kind === 'object' ? object.entries.find((it) => it.key === key)?.value : undefined;
}

/** `sagas.updateStatus(id, SagaStatus.COMPENSATING)` sets the field that it is called after. */
function addNamed(
  file: FilePath,
  { call: { callee, args } }: CallAction,
  { states, linking }: Gathering,
): void {
  const name = calleeName(callee) ?? '';
  const field = /^(?:update|set|change|mark|move|advance)\w*?(status|state|phase|stage)(?:To|By\w+)?$/i.exec(
    name,
  )?.[1];
  if (field === undefined) return;
  for (const arg of args) {
    const tokens = tokensOf(file, arg, linking).filter((it) => it !== '?');
    add(states, field.toLowerCase(), tokens);
  }
}

function actionsOf(fn: FunctionNode, linking: Linking): readonly Action[] {
  return withInner(fn, linking).flatMap((it) => eachAction(it.body));
}

/** A value as it is compared: text, enum member, literal; `?` when it can't be read. */
export function tokensOf(file: FilePath, expr: Expr, { values }: Linking): readonly string[] {
  const texts = values.stringsOf(file, expr);
  if (texts.length > 0) return texts.map((it) => it.toLowerCase());
  if (expr.kind === 'literal') return [expr.text.toLowerCase()];
  if (expr.kind === 'member' && (/^[A-Z]/.test(expr.name) || isEnum(expr.object)))
    return [expr.name.toLowerCase()];
  return ['?'];
}

/** `OrderStatus.paid` of what an object mapper generates: there the members are spelled as the database has them. */
function isEnum(object: Expr): boolean {
  return object.kind === 'name' && /^[A-Z]\w*(?:Status|State|Phase|Stage)$/.test(object.name);
}

/** `UPDATE orders SET status = 'PAID'` says it in its text. */
function addSql(action: CallAction, states: Map<string, Set<string>>): void {
  for (const arg of action.call.args) {
    const parts = arg.kind === 'template' ? arg.parts : arg.kind === 'string' ? [arg.value] : [];
    const text = parts.map((it) => (typeof it === 'string' ? it : '?')).join('');
    const clause = /\bupdate\b[\s\S]*?\bset\b([\s\S]*?)(?:\bwhere\b|$)/i.exec(text)?.[1];
    for (const match of clause?.matchAll(/(\w+)\s*=\s*('[^']*'|[^,\s]+)/g) ?? []) {
      const [, field = '', value = ''] = match;
      add(states, field, [value.startsWith("'") ? value.slice(1, -1).toLowerCase() : '?']);
    }
  }
}

function withInner(fn: FunctionNode, { files }: Linking): readonly FunctionFact[] {
  const facts = files.get(fn.file);
  const inner = facts?.functions.filter((it) => it.outer === fn.fact.id && it.name === '') ?? [];
  return [fn.fact, ...inner];
}

function add(states: Map<string, Set<string>>, field: string, values: readonly string[]): void {
  const found = states.get(field) ?? new Set<string>();
  states.set(field, found);
  for (const value of values) found.add(value);
}
