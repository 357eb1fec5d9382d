// Which fields a function sets to which values, with all it calls: what an early return on a state is compared with.
import type { Action, CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FunctionFact } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { eachAction } from './fileIndex.ts';
import type { FunctionNode } from './model.ts';
import type { Linking } from './program.ts';

/** Values by field; `?` stands for one that can't be read. */
export type States = ReadonlyMap<string, ReadonlySet<string>>;

const maxDepth = 5;

/** The states that a function may produce; kept for the life of the model. */
export function statesOf(linking: Linking): (fn: FunctionNode) => States {
  const known = new Map<FunctionFact, States>();
  const collect = (fn: FunctionNode, depth: number): States => {
    const found = known.get(fn.fact);
    if (found) return found;
    const states = new Map<string, Set<string>>();
    known.set(fn.fact, states);
    if (depth > maxDepth) return states;
    for (const inner of withInner(fn, linking)) {
      for (const action of eachAction(inner.body)) gather(fn.file, action, states, depth);
    }
    return states;
  };
  const gather = (file: FilePath, action: Action, states: Map<string, Set<string>>, depth: number): void => {
    if (action.kind === 'assign' && action.target.kind === 'member') {
      add(states, action.target.name, tokensOf(file, action.value, linking));
    }
    if (action.kind !== 'call') return;
    for (const arg of action.call.args) addObject(file, arg, states, 0);
    addSql(action, states);
    for (const callee of linking.calls.callees(file, action.call)) {
      for (const [field, values] of collect(callee, depth + 1)) add(states, field, [...values]);
    }
  };
  const addObject = (file: FilePath, expr: Expr, states: Map<string, Set<string>>, depth: number): void => {
    if (expr.kind !== 'object' || depth > 3) return;
    for (const entry of expr.entries) {
      if (entry.key === 'where') continue;
      if (entry.value.kind === 'object') addObject(file, entry.value, states, depth + 1);
      else add(states, entry.key, tokensOf(file, entry.value, linking));
    }
  };
  return (fn) => collect(fn, 0);
}

/** A value as it is compared: text, enum member, literal; `?` when it can't be read. */
export function tokensOf(file: FilePath, expr: Expr, { values }: Linking): readonly string[] {
  const texts = values.stringsOf(file, expr);
  if (texts.length > 0) return texts.map((it) => it.toLowerCase());
  if (expr.kind === 'literal') return [expr.text.toLowerCase()];
  if (expr.kind === 'member' && /^[A-Z]/.test(expr.name)) return [expr.name.toLowerCase()];
  return ['?'];
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
