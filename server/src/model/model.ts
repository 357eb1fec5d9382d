// The event model: what the facts of all files say together. `link` makes it; rules and views query it.
import type { CallAction } from '../facts/actions.ts';
import type { CallExpr, Expr, Member, ObjectExpr, TypeExpr } from '../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact, SagaFact, StepFact, TypeFact } from '../facts/facts.ts';
import type { GuardRole, PublishRole, RemoteRole, Transport, WriteRole } from '../facts/roles.ts';
import type { FilePath, Place, Span } from '../text.ts';
import type { Keeper } from './incremental/kept.ts';
import type { Said } from './incremental/keptLists.ts';

/** Three-valued: "unknown" is an answer and never taken for "no". */
export type Answer = 'yes' | 'no' | 'unknown';

export interface EventModel {
  /** What is kept from model to model, for questions about one event, consumer or file. */
  readonly keeper: Keeper;
  readonly files: ReadonlyMap<FilePath, FileFacts>;
  readonly events: readonly EventNode[];
  readonly producers: readonly ProducerNode[];
  readonly consumers: readonly ConsumerNode[];
  readonly sagas: readonly SagaNode[];
  readonly program: Program;
  /** Whether the whole workspace was read: only then may a rule speak of absence. */
  readonly isComplete: boolean;
  /** All producer and consumer sites, with whether their event could be named. */
  readonly sites: readonly SiteNode[];
  /** What a function does to the world, with everything it calls; memoised. */
  readonly bodyOf: (fn: FunctionNode) => Body;
  /** The body of a consumer's handler under the guards of what dispatches to it; branches that are consumers of their own left out. */
  readonly bodyOfConsumer: (consumer: ConsumerNode) => Body;
  /**
   * Keeps what is asked about consumers as long as nothing changes that was looked at. The answers must hold no events, consumers or
   * producers: these are made anew for each model.
   */
  readonly aboutConsumers: <Value>(
    question: string,
    ask: (consumer: ConsumerNode) => Value,
  ) => (consumer: ConsumerNode) => Value;
  /** What is said of each consumer, as a list over all; who reads it depends on everything. The same holds for the items. */
  readonly saidOfConsumers: <Item>(
    question: string,
    ask: (consumer: ConsumerNode) => Iterable<Item>,
  ) => readonly Said<ConsumerNode, Item>[];
  /** The functions of this process that handle a command which a call has executed: `commandBus.execute(new PlaceOrder(…))`. */
  readonly answerersOf: (file: FilePath, action: CallAction) => readonly FunctionNode[];
  /** The consumers that a function handles; who asks depends on those alone. */
  readonly consumersBy: (handler: FunctionFact) => readonly ConsumerNode[];
  /** The producers at a call. */
  readonly producersAt: (place: Place) => readonly ProducerNode[];
  /** The aliases that name a type. */
  readonly aliasesOf: (type: TypeFact) => readonly TypeNode[];
  /** The name of the service that a file belongs to. */
  readonly serviceOf: (file: FilePath) => string;
  /** Whether a package hands the type to others than the workspace: then its other end may be there. */
  readonly isPublic: (type: TypeNode) => boolean;
  /** Whether a file belongs to a library for others: they may subscribe to what it emits in their process. */
  readonly isOfLibrary: (file: FilePath) => boolean;
  /** Whether a file belongs to a program that draws screens and serves nobody. */
  readonly isOfScreen: (file: FilePath) => boolean;
}

/** Answers what a name, type or call means, through imports, classes and injection. */
export interface Program {
  /** The type that a reference means at a place, or undefined for one outside the workspace. */
  readonly typeNamed: (file: FilePath, name: string) => TypeNode | undefined;
  /** The module specifier that an unresolved name is imported from (`kafkajs`). */
  readonly packageOf: (file: FilePath, name: string) => string | undefined;
  /** All fields with those of bases, intersections, generics and schemas. */
  readonly fieldsOf: (file: FilePath, type: TypeExpr | TypeNode) => Fields;
  /** The text that an expression stands for: literal, constant, enum member, static member. */
  readonly stringOf: (file: FilePath, expr: Expr) => string | undefined;
  /** The number or keyword that an expression stands for, as it is written. */
  readonly literalOf: (file: FilePath, expr: Expr) => string | undefined;
  /** The expression that one stands for, through names and imports: what a constant of another file is made of. */
  readonly valueOf: (
    file: FilePath,
    expr: Expr,
  ) => { readonly file: FilePath; readonly expr: Expr } | undefined;
  /** The object literal that an expression stands for, through names, imports and what a function returns. */
  readonly objectOf: (file: FilePath, expr: Expr) => GivenObject | undefined;
  /** The class, interface or schema that an expression's value has. */
  readonly typeOf: (file: FilePath, expr: Expr) => TypeNode | undefined;
  /** The type and package of an object that comes from outside the workspace (`Queue` of `bullmq`), across imports. */
  readonly foreignTypeOf: (file: FilePath, expr: Expr) => ForeignType | undefined;
  /** The workspace's functions that a call may run; empty when none is known. Excludes callbacks. */
  readonly calleesOf: (file: FilePath, fn: FunctionNode, call: CallExpr) => readonly FunctionNode[];
  /** The functions that an expression names (a reference, an inline function, `this.method`, `x.bind(y)`). */
  readonly functionsOf: (file: FilePath, expr: Expr) => readonly FunctionNode[];
  readonly methodOf: (type: TypeNode, name: string) => FunctionNode | undefined;
  /** The class and the classes and interfaces it extends or implements, nearest first. */
  readonly lineageOf: (type: TypeNode) => readonly TypeNode[];
  readonly subtypesOf: (type: TypeNode) => readonly TypeNode[];
  /** Where a function is called in the workspace. */
  readonly callersOf: (
    fn: FunctionNode,
  ) => readonly { readonly caller: FunctionNode; readonly action: CallAction }[];
}

export interface GivenObject {
  readonly file: FilePath;
  readonly object: ObjectExpr;
  /** The function that returns it. */
  readonly giver?: FunctionNode;
}

export interface ForeignType {
  readonly name: string;
  readonly from: string;
}
export interface TypeNode {
  readonly file: FilePath;
  readonly fact: TypeFact;
}
export interface FunctionNode {
  readonly file: FilePath;
  readonly fact: FunctionFact;
}
export interface Field {
  readonly name: string;
  readonly file: FilePath;
  readonly member: Member;
  /** The type that declares it. */
  readonly from?: TypeNode;
}
export interface Fields {
  readonly fields: ReadonlyMap<string, Field>;
  /** A part could not be resolved (a type of another package, `any`, a mapped type): more fields may exist. */
  readonly isOpen: boolean;
}

export interface EventNode {
  /** Words of the name without suffix and version, joined by blanks: `order placed`. Declarations and wire names with one key are one event. */
  readonly key: string;
  readonly name: string;
  readonly wireNames: readonly string[];
  readonly declarations: readonly TypeNode[];
  /** Published object literals without any declared type: where, and the object. */
  readonly inline: readonly (Place & { readonly object: Expr })[];
  /** Where a reader would look: the declaration, or else the first place that publishes it. */
  readonly place: Place;
  readonly producers: readonly ProducerNode[];
  readonly consumers: readonly ConsumerNode[];
  readonly isProduced: Answer;
  readonly isConsumed: Answer;
  /** A handler of requests takes it, and answers. */
  readonly isAsked: boolean;
}

export interface ProducerNode {
  readonly file: FilePath;
  readonly at: Span;
  readonly event: EventNode | undefined;
  readonly role: PublishRole;
  readonly action: CallAction;
  readonly fn: FunctionNode;
}

export interface ConsumerNode {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
  readonly fact: ConsumerFact;
  readonly events: readonly EventNode[];
  readonly handler: FunctionNode | undefined;
  /** The call by which a wrapper, a base class or a dispatcher runs the handler. */
  readonly runBy?: { readonly caller: FunctionNode; readonly action: CallAction };
  /** As the fact says, or `broker` where the in-process handler is also fed from one. */
  readonly transport: Transport;
  /** The broker forgets each message as it sends it, whatever the handler does. */
  readonly isForgotten?: true;
}

/** A place where events are produced or consumed. */
export interface SiteNode extends Place {
  readonly end: 'producer' | 'consumer';
  /** The handler, or the function that produces. */
  readonly name: string;
  /** `relayed`: taken from a store, so that whoever stored it is the producer. */
  readonly reading: 'named' | 'relayed' | 'unnamed';
}

/** The effects of a function with all it calls, in order, each with what guards it. */
export interface Body {
  readonly effects: readonly Effect[];
  /** Calls into the workspace that could not be followed, so that more may happen. */
  readonly isOpen: boolean;
}

export interface Effect extends Place {
  readonly role: WriteRole | RemoteRole | PublishRole;
  /** As a reader calls it: `stripe.charges.create`. */
  readonly name: string;
  /** The calls that lead here from the function, outermost first. */
  readonly via: readonly (Place & { readonly name: string })[];
  /** `yes`: a repeat is harmless; `weak`: check-then-act without a unique key; `no`: nothing guards it. */
  readonly guarded: 'yes' | 'weak' | 'no';
  readonly guard?: Place & { readonly role?: GuardRole };
  /** Harmless to repeat by nature: upsert, set-to-value, delete by id. */
  readonly isIdempotent: boolean;
  /** What was loaded is stored again with an amount more or less. */
  readonly isShift?: boolean;
  /** One implementation of an interface does it, and another that works does not: which of them runs is not known. */
  readonly isAlternative?: true;
  /** It stands in a callback that does not run where it is handed over. */
  readonly runs?: Runs;
  readonly inTransaction: boolean;
  readonly inTry: boolean;
  readonly inCatch: boolean;
}

/** When a callback runs: `later`, soon and waited for by nobody, or `when-called`, a handler that belongs to no run of who registers it. */
export type Runs = 'later' | 'when-called';

export interface SagaNode {
  readonly name: string;
  readonly file: FilePath;
  readonly at: Span;
  readonly fact: SagaFact;
  /** In the order in which they run. */
  readonly steps: readonly StepNode[];
}

export interface StepNode {
  readonly name: string;
  readonly file: FilePath;
  /** The name a reader would point at: a literal, the class of the step, or the call. */
  readonly at: Span;
  readonly fact?: StepFact;
  /** What it changes, with all it calls. */
  readonly effects: readonly Effect[];
  /** What it leaves behind and only a compensation takes back. Absent for reads, mail, announcements and what is not known. */
  readonly deed?: Deed;
  /** Whether it can throw or be refused: a remote call, a write with a condition, an explicit throw, or unknown code. */
  readonly canFail: boolean;
  readonly isPivot: boolean;
  readonly isRetriable: boolean;
  readonly hasTimeLimit: boolean;
  readonly compensation: Answer;
  /** What takes it back, as far as it can be read; empty unless `compensation` is `yes`. */
  readonly undoing: readonly Undoing[];
}

/** What a step does that lasts, as a reader calls it: `inventory.reserve`. */
export interface Deed extends Place {
  readonly name: string;
}

/** One compensation of a step. */
export interface Undoing extends Place {
  readonly name: string;
  /** What runs, where its body is known. */
  readonly functions: readonly FunctionNode[];
  /** From when on the saga knows it: `before` the step runs, `after` it returned, or `always` (declared with the step, or in a catch). */
  readonly known: 'before' | 'after' | 'always';
  /** A row of the saga's own that is written again: an order that becomes a failed one. */
  readonly isRow?: boolean;
}
