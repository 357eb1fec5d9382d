// All that one file says about events. Plain JSON data: no node, no Map, no Date, nothing of another file.
import type { FilePath, Span } from '../text.ts';
import type { Action } from './actions.ts';
import type {
  BindingId,
  CallExpr,
  DecoratorFact,
  Expr,
  FunctionId,
  Member,
  TypeExpr,
} from './expressions.ts';
import type { FailurePolicy, Transport } from './roles.ts';

export interface FileFacts {
  readonly file: FilePath;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  /** Every named declaration that an expression refers to. */
  readonly bindings: readonly BindingFact[];
  readonly types: readonly TypeFact[];
  /** Every function with a body, and abstract ones; `functions[0]` is the module itself (top-level statements). */
  readonly functions: readonly FunctionFact[];
  readonly consumers: readonly ConsumerFact[];
  readonly sagas: readonly SagaFact[];
  readonly suppressions: readonly SuppressionFact[];
  /** A tool wrote the text, says its first comment: nobody mends it there. */
  readonly isGenerated?: true;
  readonly gaps: readonly Gap[];
}

/** `import { name as local } from 'from'`. `name` is `*` for a namespace, `default` for a default import. */
export interface ImportFact {
  readonly local: string;
  readonly name: string;
  readonly from: string;
  readonly isTypeOnly: boolean;
}

/** `export { local as name }`; with `from` a re-export, where `local` is the name there and `*` stands for all. */
export interface ExportFact {
  readonly name: string;
  readonly local: string;
  readonly from?: string;
}

export interface BindingFact {
  readonly name: string;
  readonly at: Span;
  readonly kind: 'parameter' | 'const' | 'variable' | 'import' | 'function' | 'class' | 'enum' | 'catch';
  readonly type?: TypeExpr;
  /** The value at the declaration. A destructured name has a `member` of what is taken apart. */
  readonly init?: Expr;
  /** What the value at the declaration is taken for (`JSON.parse(text) as OrderPlaced`); for a destructured name, of the whole. */
  readonly takenAs?: TypeExpr;
  /** Whether `init` was awaited. */
  readonly isAwaited?: boolean;
  /** A destructured name, or a pattern around it, says what stands in for what is not there. */
  readonly isDefaulted?: true;
  /** For a parameter: whose, and which (from 0); names inside a destructured parameter have `init` and no index. */
  readonly function?: FunctionId;
  readonly index?: number;
  /** For an import: its index in `imports`. */
  readonly import?: number;
  /** Declared at the top level of the module. */
  readonly isTopLevel?: boolean;
  /** The namespaces around it: `Shop.Orders`. */
  readonly namespace?: string;
}

/** An interface, alias, class, enum or schema (zod and similar: `const X = z.object({…})`). */
export interface TypeFact {
  readonly name: string;
  readonly at: Span;
  readonly span: Span;
  readonly kind: 'interface' | 'alias' | 'class' | 'enum' | 'schema';
  readonly isExported: boolean;
  readonly isAbstract?: boolean;
  /** Names of type parameters. */
  readonly parameters: readonly string[];
  /** What its type parameters have to extend. */
  readonly bounds?: readonly TypeExpr[];
  /** `extends`, and for a schema what it builds on (`Base.extend({…})`, `.merge(Base)`, as `typeof`). */
  readonly bases: readonly TypeExpr[];
  readonly implements: readonly TypeExpr[];
  /** Fields of an interface, class or schema; members of an enum have `init`. */
  readonly members: readonly Member[];
  /** The right side of an alias; the shape of a schema that is no object (a union, say). */
  readonly alias?: TypeExpr;
  readonly decorators: readonly DecoratorFact[];
  /** A redux action, ORM entity, UI event …: what makes it no domain event though it looks like one. */
  readonly notAnEvent?: string;
  /** A framework says that what extends or implements this type's base is an event. */
  readonly isEvent?: boolean;
}

export interface FunctionFact {
  readonly id: FunctionId;
  /** The declared name, the variable or property it is assigned to, or '' for an anonymous one. */
  readonly name: string;
  /** The name, or where there is none the `=>` or `function` word. */
  readonly at: Span;
  readonly span: Span;
  readonly kind: 'module' | 'function' | 'method' | 'constructor' | 'accessor' | 'arrow';
  /** The class it is a member of. */
  readonly owner?: string;
  /** The function around it. */
  readonly outer?: FunctionId;
  readonly isAsync: boolean;
  readonly isStatic?: boolean;
  readonly isAbstract?: boolean;
  readonly isGenerator?: boolean;
  readonly isExported?: boolean;
  readonly parameters: readonly BindingId[];
  readonly returns?: TypeExpr;
  /** What a check finds its argument to be: `(value): value is OrderPlaced`. */
  readonly narrows?: TypeExpr;
  /** The type of the variable or field that holds it (`const handler: SQSHandler = …`). */
  readonly declaredAs?: TypeExpr;
  readonly decorators: readonly DecoratorFact[];
  /** Where it says that a described guard lies around it: a decorator, a base class, its file. */
  readonly guardedAt?: Span;
  readonly body: readonly Action[];
}

/** A function that a bus or broker calls with an event, as seen where it is registered. */
export interface ConsumerFact {
  /** What a reader would point at: the handler's name, or the registration where the handler has none. */
  readonly at: Span;
  readonly name: string;
  readonly library: string;
  readonly transport: Transport;
  /** What names the events it handles; empty when this file does not say. */
  readonly events: readonly Expr[];
  /** The handler's body in this file, or an expression that names one elsewhere. */
  readonly handler: FunctionId | Expr;
  /** The parameter of the handler that carries the event (usually 0). */
  readonly eventParameter: number;
  /** The class that the handler is a method of. */
  readonly owner?: string;
  /** Request and reply (RPC) rather than an event. */
  readonly isRequest?: boolean;
  /**
   * When the library acknowledges by itself, where that is known: `after` the handler succeeded, on its `return` without waiting for
   * a promise, `never` where the handler has to.
   */
  readonly acknowledges?: 'before' | 'return' | 'after' | 'never' | 'auto';
  /** What it returns says which messages were handled; the others come again. */
  readonly isAnswered?: true;
  /** Of the events those for which it waits on its way: they start nothing. */
  readonly waitsFor?: readonly Expr[];
  /** What comes says which stored rows changed: whoever only announces that is a relay. */
  readonly isChangeFeed?: boolean;
  /** What it takes, declared in another file: it is a consumer if that is a type of its library. */
  readonly takes?: TypeExpr;
  /** What fails is dropped, whether the handler throws or not: nobody delivers it again on its behalf. */
  readonly isTriedOnce?: true;
  /** The queue that it reads, where the events do not name it. */
  readonly queue?: Expr;
  /** The function only gives what it received: whoever calls it and works through that consumes. */
  readonly isHandedOver?: true;
  /** The key by which the library runs the handler once for a message. */
  readonly deduplicatedBy?: Expr;
  /** What the registration itself says about messages that fail. */
  readonly policy?: FailurePolicy;
  /** The function that decides about a message that failed, and what its queue says beside it. */
  readonly failing?: { readonly errorHandler: Expr; readonly declared: FailurePolicy };
}

/** A saga as one file shows it; joining it over files is the model's work. */
export interface SagaFact {
  readonly name: string;
  readonly at: Span;
  /**
   * `steps`: objects, classes or builder calls; `imperative`: one function's calls in order; `class`: a runner called with named steps;
   * `workflow`: a durable engine; `stream`: NestJS `@Saga`; `step`: one step by itself, which a saga somewhere lists.
   */
  readonly form: 'steps' | 'imperative' | 'class' | 'workflow' | 'stream' | 'step';
  /** The engine that persists, retries or rolls back by itself: `temporal`, `medusa`, … */
  readonly engine?: string;
  /** After some tries of a step the engine lets the whole of it fail for good. */
  readonly isGivenUp?: true;
  /** The engine ends the whole of it in time. */
  readonly hasTimeLimit?: boolean;
  readonly steps: readonly StepFact[];
  /** The function whose body is the saga (imperative, workflow, stream). */
  readonly function?: FunctionId;
  readonly owner?: string;
}

export interface StepFact {
  readonly name: string;
  readonly at: Span;
  /** The whole step (object literal or builder call). */
  readonly span: Span;
  /** What runs: a function here or an expression that names one; `null` when the step has none. */
  readonly action: FunctionId | Expr | null;
  /** What undoes it: `null` when the step says nothing of it, the literal where it says `null`; absent when it can't be read. */
  readonly compensation?: FunctionId | Expr | null;
  readonly isPivot?: boolean;
  readonly isRetriable?: boolean;
  readonly isReadOnly?: boolean;
  /** The engine runs it again when it fails. */
  readonly isRetried?: boolean;
  /** It has ended when somebody outside says so, not when its function has. */
  readonly isEndedElsewhere?: true;
  /** Whether a time limit stands in the step (`timeoutMs: …`). */
  readonly hasTimeLimit?: boolean;
  /** The key that holds it, for whoever runs the step to read. */
  readonly limitKey?: string;
  /** Its name stands elsewhere in the file too (a switch over names, a map of compensations): what undoes it may be there. */
  readonly isNamedElsewhere?: boolean;
  /** Written as calls behind a name: `.step('reserve-stock').invoke(…)`. */
  readonly isChained?: boolean;
  /** The call behind it that says what takes it back: `withCompensation`. */
  readonly undoneBy?: string;
  /** The function that is called with it (`executeStep('reserve-stock', …)`). */
  readonly runner?: CallExpr;
}

export interface SuppressionFact {
  readonly at: Span;
  /** `unknown` for a comment that looks like one of ours and is none: `sagalint-ignore`. */
  readonly form: 'next-line' | 'line' | 'disable' | 'enable' | 'file' | 'unknown';
  /** The rules it names; empty means all. */
  readonly rules: readonly string[];
  readonly reason?: string;
}

/** Something that looks like messaging but could not be understood. */
export interface Gap {
  readonly at: Span;
  readonly reason: string;
  /** Nothing of the file was read. */
  readonly isWholeFile?: true;
}
