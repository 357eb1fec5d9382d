// What a call does in messaging terms, as a framework recognises it from this file alone.
import type { Expr } from './expressions.ts';

/** How sure the recognition is: by an import or declared type, by the shape of the arguments, or by names only. */
export type Confidence = 'type' | 'shape' | 'name';

export type Role =
  | PublishRole
  | WriteRole
  | ReadRole
  | RemoteRole
  | TransactionRole
  | GuardRole
  | RegistrationRole
  | AckRole
  | TimeLimitRole
  | ScheduleRole
  | WaitRole
  | LogRole
  | AlertRole
  | QueueRole;

/** Where a message travels: `broker` delivers at least once, `in-process` at most once in this process, `outbox` is a row for a relay. */
export type Transport = 'broker' | 'in-process' | 'outbox' | 'unknown';

/** Hands an event to a bus, broker, outbox or aggregate. */
export interface PublishRole {
  readonly kind: 'publish';
  readonly library: string;
  readonly transport: Transport;
  /** What names the event: a string, constant, class, `new X()`, an object with a type tag, or a forwarded parameter. */
  readonly event: Expr;
  /** Topic, routing key or queue where it is written apart from the event. */
  readonly channel?: Expr;
  /** What travels, where it is written apart from the event's name. */
  readonly payload?: Expr;
  /** What the call gives: decides whether dropping it loses an error. `confirm`: it returns at once, and the channel tells later. */
  readonly gives: 'promise' | 'observable' | 'confirm' | 'nothing' | 'unknown';
  /** It goes to other services, though nobody keeps it for them: a crash before it loses it as one before a broker would. */
  readonly leavesProcess?: true;
  /** A command or query to one receiver (request-reply) rather than an event. */
  readonly isRequest?: boolean;
  /** Who is asked only starts, and goes on by itself whatever becomes of the one that asks. */
  readonly isDetached?: true;
  /** Who is asked is tried again some times; whoever waits for it is then told that it failed, by a throw or in the result. */
  readonly triedAgain?: 'then-throws' | 'then-tells';
  /** A request that waits for ever unless the options of its client set a limit: under which key, and what types they have. */
  readonly limitedBy?: { readonly from: string; readonly types: readonly string[]; readonly key: string };
  /** By which the broker drops a second message of the same key: `jobId`, `MessageDeduplicationId`, `msgID`. */
  readonly deduplicationKey?: Expr;
  /** The client makes a CloudEvent of it, and fills in what the specification demands. */
  readonly isCloudEvent?: true;
  /** A durable engine keeps that it was sent: a repeat of the function does not send it again. */
  readonly isJournaled?: true;
  readonly confidence: Confidence;
}
/** Changes stored data. */
export interface WriteRole {
  readonly kind: 'write';
  readonly library: string;
  readonly operation: 'insert' | 'update' | 'upsert' | 'delete' | 'increment';
  /** Table, collection, model or repository, where it can be read. */
  readonly store?: string;
  /** A unique key, version or status condition makes a repeat harmless (`ON CONFLICT`, `WHERE version =`, conditional put, `SET NX`). */
  readonly isConditional?: boolean;
  /** What lies under the same key is replaced, and under another key stays beside it: the put of a store of keys. */
  readonly isByKey?: true;
  /** Fails where there is no such row: Prisma's `delete`, which throws the second time. */
  readonly needsRow?: boolean;
  /** Gives the row with whether it was made just now: `const [order, created] = await Order.findOrCreate(…)`. */
  readonly tellsIfMade?: boolean;
  /** What is stored (insert) or set. */
  readonly data?: Expr;
  /** The condition (`where`). */
  readonly where?: Expr;
  readonly confidence: Confidence;
}
/** Loads stored data. */
export interface ReadRole {
  readonly kind: 'read';
  readonly library: string;
  readonly store?: string;
  readonly where?: Expr;
  /** The statement that is run, where its text stands in another file: it may write. */
  readonly text?: Expr;
  readonly confidence: Confidence;
}
/** Calls another system: HTTP, gRPC, payment, email, SMS, storage. */
export interface RemoteRole {
  readonly kind: 'remote';
  readonly library: string;
  readonly what: 'http' | 'rpc' | 'payment' | 'email' | 'sms' | 'storage' | 'other';
  /** Changes nothing there (GET, lookups). */
  readonly isRead?: boolean;
  /** Done twice it is as done once (PUT, DELETE, an object under its key). */
  readonly isReplacing?: boolean;
  /** What the address of a request asks for, as a call would be spelled: `stock.reserve`, `reservations.delete`. */
  readonly asks?: string;
  readonly idempotencyKey?: Expr;
  readonly hasTimeLimit?: boolean;
  /** It waits for the answer as long as that takes: what ends it in time, as the library spells it. */
  readonly endedBy?: string;
  readonly confidence: Confidence;
}
/** Opens a transaction; `body` is its callback, absent when begin/commit are statements. `batch`: over the calls in the list it is handed. */
export interface TransactionRole {
  readonly kind: 'transaction';
  readonly library: string;
  readonly phase: 'callback' | 'batch' | 'begin' | 'commit' | 'rollback';
  readonly body?: Expr;
}
/** A duplicate check: processed-message store, inbox, deduplication. */
export interface GuardRole {
  readonly kind: 'guard';
  readonly library: string;
  /** `claim`: atomic (unique insert, SET NX); `check`: looks up and answers; `wrap`: guards the callback; `mark`: records as processed. */
  readonly form: 'claim' | 'check' | 'wrap' | 'mark';
  readonly key?: Expr;
  /** For `wrap`: the guarded callback. */
  readonly body?: Expr;
  /** For `wrap`: what runs is registered under the key, in this file or another: an activity, another workflow. */
  readonly isElsewhere?: true;
  /** Memory of this process only: gone with a restart. */
  readonly isVolatile?: boolean;
  /** A durable engine runs the callback until it succeeds, keeps its result, and goes on from there after a crash. */
  readonly isJournaled?: true;
  /** The engine tries the callback once only, whatever it does with others. */
  readonly isTriedOnce?: true;
  /** After some tries the engine lets the function around it fail for good. */
  readonly isGivenUp?: true;
}
/** Makes a function known to a durable engine under a name, by which workflows have it run. */
export interface RegistrationRole {
  readonly kind: 'registration';
  readonly library: string;
  readonly key: Expr;
  readonly body: Expr;
}
/** Tells the broker what became of a message. */
export interface AckRole {
  readonly kind: 'ack';
  readonly library: string;
  readonly what: 'ack' | 'nack' | 'reject' | 'requeue' | 'dead-letter';
}
/** Limits or repeats what runs inside. */
export interface TimeLimitRole {
  readonly kind: 'time-limit' | 'retry';
  readonly library: string;
  readonly body?: Expr;
  /** It is tried at once and without an end. */
  readonly isEndless?: true;
}
/** Runs a callback later or again and again: timers, cron. */
export interface ScheduleRole {
  readonly kind: 'schedule';
  readonly library: string;
  /** One time, soon or after a while, and nobody learns what the callback gives. */
  readonly isOnce?: true;
  /** One time, and the platform stays up until it is done; the function that hands it over does not wait: `after(…)`, `waitUntil(…)`. */
  readonly isKept?: true;
  readonly body?: Expr;
}
/** Waits until somebody else says something, as long as that takes. */
export interface WaitRole {
  readonly kind: 'wait';
  readonly library: string;
  /** What ends it in time, as the library spells it. */
  readonly endedBy: string;
}
export interface LogRole {
  readonly kind: 'log';
  readonly library: string;
}
/** Brings something to a human: pager, alert, incident. */
export interface AlertRole {
  readonly kind: 'alert';
  readonly library: string;
  /** A tracker of errors hears of it: somebody may look, and nobody gets the message back. */
  readonly isReport?: true;
}
/** Declares a queue, or says how its messages are tried: `assertQueue`, `new Worker(…)`, `queueOptions`, the options of a job. */
export interface QueueRole extends FailurePolicy {
  readonly kind: 'queue';
  readonly library: string;
  /** What names the queue; absent where the call does not say. */
  readonly queue?: Expr;
  /** What is delivered counts as handled: the broker asks for no acknowledgement. */
  readonly isForgotten?: true;
}
/** Whether something is written: `unknown` where the options can't be read. */
export type Written = 'given' | 'none' | 'unknown';
/** What becomes of a message that fails again and again, as the library spells it. */
export interface FailurePolicy {
  /** Where it goes in the end: a dead-letter exchange or queue, the set of failed jobs. */
  readonly deadLetter: Written;
  /** How often, or for how long, it is tried: attempts, a delivery limit, a time to live. */
  readonly limit: Written;
  /** Between two tries time passes. */
  readonly isDelayed?: boolean;
  /** What says that a message that failed is put back at once. */
  readonly putsBack?: Expr;
  /** The call that gives the options: what it says stands in another function. */
  readonly from?: Expr;
}
