// What a framework file says: how a library publishes, consumes, stores, calls out, guards. Data plus a little code.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, DecoratorFact, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact, SagaFact, TypeFact } from '../../facts/facts.ts';
import type { Role } from '../../facts/roles.ts';
import type { FilePath, Span } from '../../text.ts';
import { packagesOf, type FileView, type Makes, type Origin } from '../fileView.ts';

export interface Framework {
  /** The npm package or idiom; stands as `library` in the facts. */
  readonly name: string;
  /** Words without which a file can't concern this framework; plain text, matched as written. */
  readonly triggers: readonly string[];
  /** More of them, which are everyday words of user interfaces and of migrations too: there they say nothing. */
  readonly everydayTriggers?: readonly string[];
  /** Whether it recognises nothing in a text that has none of these words: then it is not asked about such a text. */
  readonly hasTriggersAlways?: true;
  /** What methods of its types give, so that `kafka.producer()` is known to be a `Producer`. */
  readonly makes?: Makes;
  /** Types whose subtypes are events; `package#Event` for a name that is too common by itself. */
  readonly eventBases?: readonly string[];
  /** Whether the exported types of a file are events. */
  readonly isEventFile?: (file: FilePath) => boolean;
  /** Sagas and steps that it declares. */
  readonly sagas?: (view: FileView) => readonly SagaFact[];
  /** Recognises a call; the first framework that answers with roles wins. */
  readonly roles?: (site: CallSite) => readonly Role[];
  /** Where it is written that a redelivery does no harm in a function. */
  readonly guardsAround?: (view: FileView, fn: FunctionFact) => readonly Span[];
  /** Recognises the registration of a consumer in a call. */
  readonly consumers?: (site: CallSite) => readonly ConsumerFact[];
  /** Recognises consumers by decorators on methods. */
  readonly methods?: (site: MethodSite) => readonly ConsumerFact[];
  /** Recognises consumers by a class: decorators, bases, naming conventions. */
  readonly classes?: (site: ClassSite) => readonly ConsumerFact[];
  /** Recognises consumers that only the whole file shows: exported handlers, a declared schema. */
  readonly modules?: (view: FileView) => readonly ConsumerFact[];
}

/** A call as a framework sees it. */
export interface CallSite {
  readonly view: FileView;
  readonly action: CallAction;
  readonly call: CallExpr;
  /** The callee's last name: `send` of `this.kafka.producer.send(…)`. */
  readonly name: string;
  /** All names: `['this', 'kafka', 'producer', 'send']`. */
  readonly path: readonly string[];
  /** The object the method is called on; absent for a plain function. */
  readonly receiver?: Expr;
  /** The name of that object as a reader says it: `producer`. */
  readonly receiverName: string;
  /** Type and package of the receiver, or of the function itself where there is none. */
  readonly origin: Origin | undefined;
  /** The function that the call stands in. */
  readonly fn: FunctionFact;
  readonly arg: (index: number) => Expr | undefined;
}

export interface MethodSite {
  readonly view: FileView;
  readonly fn: FunctionFact;
  readonly decorator: DecoratorFact;
}

export interface ClassSite {
  readonly view: FileView;
  readonly type: TypeFact;
  readonly methods: readonly FunctionFact[];
}

/** Whether an object comes from one of a framework's modules, `@nestjs/` matching all of a scope. */
export function isFrom(origin: Origin | undefined, modules: readonly string[]): boolean {
  const from = origin?.from;
  if (from === undefined) return false;
  return modules.some((it) => from.startsWith(it) && (from.length === it.length || endsAt(from, it)));
}

function endsAt(from: string, module: string): boolean {
  return module.endsWith('/') || from[module.length] === '/';
}

/** Whether a file imports anything from one of these modules, be it through another file; `@medusajs/` matches all of a scope. */
export function doesImport({ facts, given }: FileView, modules: readonly string[]): boolean {
  return (
    facts.imports.some((it) => isFrom({ name: it.name, from: it.from }, modules)) ||
    packagesOf(given).some((from) => isFrom({ name: '', from }, modules))
  );
}

/** Whether a string or template is written where a name is wanted. */
export function isText(expr: Expr | undefined): boolean {
  if (expr?.kind === 'choice') return expr.of.every(isText);
  if (expr?.kind === 'operation') return expr.operator === '+' && expr.of.some(isText);
  return expr?.kind === 'string' || expr?.kind === 'template';
}
