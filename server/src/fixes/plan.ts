// What a fix is to do, as plain data: a rule writes it, `fixes/apply.ts` turns it into edits with the texts at hand.
import type { FilePath, Place, Span } from '../text.ts';

export type FixPlan =
  | AddFieldsPlan
  | ExtendBasePlan
  | CreateBasePlan
  | AddFailureEventPlan
  | GuardHandlerPlan
  | AddCompensationPlan
  | AwaitCallPlan
  | AwaitEachPlan
  | ReverseListPlan
  | ReverseStatementsPlan
  | RethrowPlan
  | AcknowledgeLastPlan
  | HandOnPlan
  | CatchInsidePlan
  | LimitCallPlan
  | EscalateFailurePlan
  | RetryActivityPlan
  | RenamePlan
  | InsertTextPlan;

/** Adds event fields to the declaration at `target` in its own style (interface, alias, class, schema, object literal). */
export interface AddFieldsPlan {
  readonly kind: 'add-fields';
  readonly target: Place;
  readonly fields: readonly {
    readonly name: string;
    readonly type: 'string' | 'number' | 'Date';
    readonly isOptional?: boolean;
  }[];
  /** Files that may hold object literals of the type: these get the fields too. */
  readonly makers?: readonly FilePath[];
}
/** Lets the declaration at `target` extend a base type of the workspace, with the import. */
export interface ExtendBasePlan {
  readonly kind: 'extend-base';
  readonly target: Place;
  /** `from` is the package or path alias by which others import it; absent where a relative path does. */
  readonly base: { readonly file: FilePath; readonly name: string; readonly from?: string };
  /** Files that may hold object literals of the type: these get the fields too. */
  readonly makers?: readonly FilePath[];
}
/** Creates a base type beside the declaration's file and lets the declaration extend it. */
export interface CreateBasePlan {
  readonly kind: 'create-base';
  readonly target: Place;
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: 'string' | 'number' | 'Date' }[];
  /** Files that may hold object literals of the type: these get the fields too. */
  readonly makers?: readonly FilePath[];
}
/** Declares the failure event beside the success event at `target`, and adds it to the unions, enums and topic maps that hold its sibling. */
export interface AddFailureEventPlan {
  readonly kind: 'add-failure-event';
  readonly target: Place;
  readonly name: string;
  /** Places that list the sibling: a union's member, an enum's member, a topic map's entry. */
  readonly listedAt: readonly Place[];
}
/** Lets the handler at `target` skip a message that it processed: by the workspace's own guard, or an inbox in a new file. */
export interface GuardHandlerPlan {
  readonly kind: 'guard-handler';
  /** The handler's name, or where it has none its `=>` or `function`. */
  readonly target: Place;
  readonly eventParameter: number;
  readonly key: MessageKey;
  /** By which name the handler goes in an inbox that several share. */
  readonly consumer: string;
  /** What a new inbox keeps its rows with; absent where any connection does. */
  readonly store?: 'prisma';
  /** What takes a callback last and runs it once for a key; without a file it is at hand in the handler's class. */
  readonly existing?: {
    readonly name: string;
    readonly arguments: readonly GuardArgument[];
    readonly file?: FilePath;
  };
}
/** What a guard wants before its callback. */
export type GuardArgument = 'consumer' | 'key';
/**
 * What tells a redelivery from a new message: the event's own id (`field`) where it has one, else its contents (`event`)
 * or what the broker knows it by. `of` says what the handler is given.
 */
export interface MessageKey {
  readonly of: 'event' | 'kafka' | 'amqp' | 'job';
  readonly field?: string;
}
/** Adds a compensation to the step at `target` in the saga's own style. */
export interface AddCompensationPlan {
  readonly kind: 'add-compensation';
  readonly target: Place;
  /** What the saga's other steps call it: a key, a method. */
  readonly key?: string;
  /** The call of the builder by which they are given theirs. */
  readonly call?: string;
  readonly stepName: string;
  /** For a step that is a call: what it does, as a path of names (`stock.reserve`). */
  readonly deed?: string;
  /** What takes that back already, beside it: called with as many of the step's own arguments. */
  readonly existing?: {
    readonly name: string;
    readonly takes: number;
    /** It is a member of the same object. */
    readonly isMember: boolean;
  };
}
/** Awaits the call whose name stands at `target`, and makes the function around it async. */
export interface AwaitCallPlan {
  readonly kind: 'await-call';
  readonly target: Place;
  /** What gives a promise instead: the function of rxjs for an Observable, the method of a channel that confirms later. */
  readonly through?: 'lastValueFrom' | 'waitForConfirms';
}
/** Turns the `forEach` or `map` at `target`, whose callback is async, into a loop that awaits each. */
export interface AwaitEachPlan {
  readonly kind: 'await-each';
  readonly target: Place;
}
/** Lets a loop go through the list whose name stands at `target` from its end. */
export interface ReverseListPlan {
  readonly kind: 'reverse-list';
  readonly target: Place;
}
/** Puts the statements with these calls, which follow each other, into the opposite order. */
export interface ReverseStatementsPlan {
  readonly kind: 'reverse-statements';
  readonly file: FilePath;
  readonly calls: readonly Span[];
}
/** Lets the catch at `target` (the word) throw what it caught when it is done. */
export interface RethrowPlan {
  readonly kind: 'rethrow';
  readonly target: Place;
  /** The call in the catch that acknowledges the message: it rejects it instead. */
  readonly acknowledged?: Span;
}
/** Moves the statement with the call at `target`, which acknowledges a message, behind the work of its block. */
export interface AcknowledgeLastPlan {
  readonly kind: 'acknowledge-last';
  readonly target: Place;
}
/** Copies ids of the handled message into what is made at `target`. */
export interface HandOnPlan {
  readonly kind: 'hand-on';
  /** The object literal, `new` or call: its whole text. */
  readonly target: Place;
  /** What the handled message is called there, or a name in the pattern that takes it apart. */
  readonly from: { readonly name: string } | { readonly pattern: Span };
  /** Entries to add to an object literal, or to replace in it. */
  readonly entries: readonly HandedEntry[];
  /** Arguments of a `new` or a call, by their index. */
  readonly arguments: readonly HandedArgument[];
}
export interface HandedEntry {
  readonly name: string;
  /** What is read of the handled message: `correlationId`, `metadata.correlationId`. */
  readonly path: string;
  /** The entry that is to hold an object with this one: `headers`. */
  readonly inside?: string;
}
export interface HandedArgument {
  readonly index: number;
  readonly path: string;
  /** The one entry of an object that is the argument. */
  readonly name?: string;
}
/** Lets the stream or promise that the operator at `target` (`mergeMap`) is given catch its own errors. */
export interface CatchInsidePlan {
  readonly kind: 'catch-inside';
  readonly target: Place;
}
/** Limits how long the call whose name stands at `target` may take. */
export interface LimitCallPlan {
  readonly kind: 'limit-call';
  readonly target: Place;
  /** `signal`: an option of the call; `pipe`: an operator of RxJS; `helper`: a function around the call. */
  readonly by: 'signal' | 'pipe' | 'helper';
  /** Which argument holds the options, for `signal`. */
  readonly options?: number;
  /** The workspace's own helper; without one a file with `withTimeout` is created. */
  readonly existing?: {
    readonly name: string;
    readonly file: FilePath;
    /** What it wants: the promise, a function that gives it, or the time. */
    readonly arguments: readonly ('promise' | 'function' | 'limit')[];
  };
}
/** Lets what takes a step back at `target` (the call's name) be tried again, and escalated where it fails for good. */
export interface EscalateFailurePlan {
  readonly kind: 'escalate-failure';
  readonly target: Place;
  /** What it goes by in the record: a text, or the member of the step that says it. */
  readonly label: { readonly text: string } | { readonly member: string };
  /** The `forEach` that hands the steps to a callback: it becomes a loop. */
  readonly each?: Place;
  /** The workspace's own helper for that; without one a file with it is created. */
  readonly existing?: {
    readonly name: string;
    readonly file: FilePath;
    readonly arguments: readonly ('label' | 'work')[];
  };
  /** What the new helper makes use of. */
  readonly uses?: {
    /** Takes work and tries it again. */
    readonly retry?: { readonly name: string; readonly file: FilePath };
    /** Tells somebody, or writes down what is stuck. */
    readonly escalate?: {
      readonly name: string;
      readonly file: FilePath;
      readonly arguments: readonly ('label' | 'error' | 'text')[];
    };
  };
}
/** Lets the engine try the activity at `target` again, by a proxy of its own without the limit of attempts. */
export interface RetryActivityPlan {
  readonly kind: 'retry-activity';
  readonly target: Place;
}
/** Renames a type in the files that declare or import it. */
export interface RenamePlan {
  readonly kind: 'rename';
  readonly name: string;
  readonly to: string;
  readonly files: readonly FilePath[];
}
/** Inserts or replaces text at a known place. */
export interface InsertTextPlan {
  readonly kind: 'insert-text';
  readonly file: FilePath;
  readonly at: Span;
  readonly text: string;
}
