// What is known about one function's body while effects are gathered: plain data that the walkers share.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { GuardRole } from '../../facts/roles.ts';
import type { FilePath, Place } from '../../text.ts';
import type { RequestHandlers } from '../consumers/requests.ts';
import type { HandedPart } from '../idempotency/handedOptions.ts';
import type { Effect, FunctionNode, Runs } from '../model.ts';
import type { Linking } from '../program.ts';
import type { Need } from './needs.ts';
import type { States } from './states.ts';

/** What makes a repeat harmless from some point on. */
export interface Guard extends Place {
  readonly level: 'yes' | 'weak';
  readonly role?: GuardRole;
}

/** The circumstances in which an action runs. */
export interface Context {
  readonly guard?: Guard;
  readonly inTransaction: boolean;
  readonly inTry: boolean;
  readonly inCatch: boolean;
  /** A catch around it knows the violation of a unique key. */
  readonly catchesDuplicates: boolean;
  /** Absent for what runs where it stands. */
  readonly runs?: Runs | undefined;
  /** What the parameters of the function are wherever this runs. */
  readonly needs?: readonly Need[] | undefined;
}

/** What the result of a call says about a repeat. */
export interface Verdict extends Place {
  /** `claim`: won or lost atomically; `check`: a look at processed messages; `read`: a look at other stored data. */
  readonly kind: 'claim' | 'check' | 'read';
  readonly isVolatile: boolean;
  /** Read by a key that the store keeps unique, so that a second insert fails by itself. */
  readonly isUnique?: boolean;
  readonly role?: GuardRole;
  /** Only how many rows there were says it. */
  readonly isCount?: true;
  /** Only whether the row was made just now says it, which stands beside the row. */
  readonly isFlag?: boolean;
  /** For what was read: the table, where it is known. */
  readonly store?: string;
}

/** An effect that may still depend on what the caller hands in. */
export interface EffectDraft {
  readonly effect: Effect;
  /** The parameter that holds what is stored: the caller knows where it comes from. */
  readonly parameter?: number;
  /** The parameter whose messages are stored: the caller knows whether it has raised any. */
  readonly raisedBy?: number;
  /** Fields that are set to what the caller hands in: it may compute them from their old value. */
  readonly sets?: readonly HandedField[];
  /** What the caller hands in to be sent with the message: a key of repeats may be among it. */
  readonly options?: readonly HandedPart[];
  /** What the caller has to hand in for the effect to be reached. */
  readonly needs?: readonly Need[];
}

/** A stored field and the parameter, or what hangs below it, that gives its value. */
export interface HandedField {
  readonly field: string;
  readonly parameter: number;
  readonly path: readonly string[];
}

/** What a function does, kept once for a model. */
export interface Summary {
  readonly drafts: readonly EffectDraft[];
  readonly isOpen: boolean;
  /** By parameter: the circumstances in which a callback handed in is called. */
  readonly callbacks: ReadonlyMap<number, Context>;
  /** By the place of the call's name: the circumstances of each call. */
  readonly sites: ReadonlyMap<number, Context>;
  /** Holds for the caller after the call: the function throws on a repeat. */
  readonly after?: Guard;
  readonly verdict?: Verdict;
  /** Records the message as processed. */
  readonly marks: boolean;
  /** Touches stored data or another system at all. */
  readonly isDurable: boolean;
}

/** What walking needs of the rest of the model. */
export interface Walking {
  /** The states that a function may produce with all it calls. */
  readonly statesOf: (fn: FunctionNode) => States;
  readonly linking: Linking;
  readonly summaryOf: (fn: FunctionNode) => Summary;
  readonly requests: RequestHandlers;
  /** Whether a function is registered as a consumer: then it does not run where it is handed over. */
  readonly isConsumer: (file: FilePath, place: number) => boolean;
}

/** What one walk has gathered so far. */
export interface Walk {
  readonly fn: FunctionNode;
  readonly facts: FileFacts;
  readonly walking: Walking;
  /** Which states the function sets; in a branch of a switch only those that are set on the way through it. */
  states: () => States;
  readonly drafts: EffectDraft[];
  readonly callbacks: Map<number, Context>;
  readonly sites: Map<number, Context>;
  readonly verdicts: Map<number, Verdict>;
  isOpen: boolean;
  marks: boolean;
  isDurable: boolean;
  verdict?: Verdict;
  after?: Guard;
  /** Walks the body of a callback. */
  readonly runScope: (body: readonly Action[], context: Context) => Flow;
}

/** Circumstances that change as a block is walked. */
export type Flow = { -readonly [key in keyof Context]: Context[key] };

export const plain: Context = {
  inTransaction: false,
  inTry: false,
  inCatch: false,
  catchesDuplicates: false,
};

export const emptySummary: Summary = {
  drafts: [],
  isOpen: false,
  callbacks: new Map(),
  sites: new Map(),
  marks: false,
  isDurable: false,
};

/** The circumstances of something inside something else. */
export function within(outer: Context, inner: Context): Context {
  return {
    guard: stronger(outer.guard, inner.guard),
    inTransaction: outer.inTransaction || inner.inTransaction,
    inTry: outer.inTry || inner.inTry,
    inCatch: outer.inCatch || inner.inCatch,
    catchesDuplicates: outer.catchesDuplicates || inner.catchesDuplicates,
    runs: looser(outer.runs, inner.runs),
    // What the inner ones are asked for are parameters of another function.
    needs: outer.needs,
  };
}

/** What is registered in what runs later belongs to no run either. */
export function looser(a: Runs | undefined, b: Runs | undefined): Runs | undefined {
  return a === 'when-called' ? a : (b ?? a);
}

/** The better of two guards. */
export function stronger(a: Guard | undefined, b: Guard | undefined): Guard | undefined {
  if (!a || !b) return a ?? b;
  return a.level === 'yes' || b.level === 'weak' ? a : b;
}

/** The effect with a guard laid over it. */
export function guardedBy(effect: Effect, guard: Guard | undefined): Effect {
  if (!guard || effect.guarded === 'yes' || effect.guarded === guard.level) return effect;
  const { level, ...place } = guard;
  return { ...effect, guarded: level, guard: place };
}

/** The key under which a call is found again: expressions are copied when facts are read from disk. */
export function placeOfCall(action: CallAction): number {
  return action.call.at.start;
}

/** An effect of a called function as its caller has it. */
export function seenFrom(effect: Effect, step: Effect['via'][number], flow: Context): Effect {
  const runs = looser(flow.runs, effect.runs);
  return {
    ...effect,
    ...(runs && { runs }),
    via: [step, ...effect.via],
    inTransaction: effect.inTransaction || flow.inTransaction,
    inTry: effect.inTry || flow.inTry,
    inCatch: effect.inCatch || flow.inCatch,
  };
}
