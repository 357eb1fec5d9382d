// Machines of states that are a switch over a field: a state that is entered, and for which no case does anything.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { sagaName } from '../../facts/sagaWords.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';

export interface DeadState {
  /** Where it is entered. */
  readonly at: Span;
  readonly owner: string;
  readonly state: string;
  readonly states: readonly string[];
}

/** Those of classes that call themselves sagas. What is compared anywhere else may lead on from there. */
export function deadStates(
  { types, functions }: FileFacts,
  isFinal: (state: string) => boolean,
): readonly DeadState[] {
  return types.flatMap(({ kind, name: owner }): readonly DeadState[] => {
    if (kind !== 'class' || !sagaName.test(owner)) return [];
    const actions = functions.filter((it) => it.owner === owner).flatMap((it) => actionsIn(it.body));
    const switches = actions.flatMap((it) =>
      it.kind === 'switch' && fieldOf(it.on) !== undefined ? [it] : [],
    );
    const [only, ...others] = switches;
    const field = only && fieldOf(only.on);
    if (!only || field === undefined || others.length > 0) return [];
    const tests = only.cases.map((it) => it.tests);
    // `default`, and a test that can't be read, may be the way on.
    if (tests.some((it) => it.length === 0 || it.some((one) => textOf(one) === undefined))) return [];
    const left = new Set(tests.flat().map(textOf));
    const compared = new Set(
      actions.flatMap((it) => (it.kind === 'if' || it.kind === 'loop' ? textsIn(it.condition) : [])),
    );
    const entered = actions.flatMap((it) =>
      it.kind === 'assign' && fieldOf(it.target) === field ? entries(it.value, it.target.at) : [],
    );
    const states = [...new Set([...left, ...entered.map((it) => it.state)])].filter((it) => it !== undefined);
    const dead = entered.filter(({ state }) => !left.has(state) && !compared.has(state) && !isFinal(state));
    const [first] = dead;
    return first && left.size > 1 ? [{ ...first, owner, states }] : [];
  });
}

/** The name of `this.state`. */
function fieldOf(expr: Expr): string | undefined {
  return expr.kind === 'member' && expr.object.kind === 'this' ? expr.name : undefined;
}

function entries(value: Expr, at: Span): readonly { readonly state: string; readonly at: Span }[] {
  if (value.kind === 'choice') return value.of.flatMap((it) => entries(it, at));
  const state = textOf(value);
  return state === undefined ? [] : [{ state, at }];
}

/** A literal, or a member that is written like one of an enum. */
function textOf(expr: Expr): string | undefined {
  if (expr.kind === 'string') return expr.value;
  return expr.kind === 'member' && /^[A-Z]/.test(expr.name) ? expr.name : undefined;
}

function textsIn(expr: Expr | undefined): readonly string[] {
  if (!expr) return [];
  if (expr.kind === 'operation') return expr.of.flatMap(textsIn);
  const text = textOf(expr);
  return text === undefined ? [] : [text];
}
