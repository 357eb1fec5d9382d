// Handlers of AWS Lambda, told by the type of what they take: exported, or made by a function that is handed what they work with.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import { valueNamed } from '../../facts/valueNamed.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FileView } from '../view.ts';

const handlerTypes =
  /^(SQS|SNS|EventBridge|Kinesis|KinesisStream|DynamoDBStream|MSK|S3)(Batch)?(Handler|Event)$/;

/** `export const handler: SQSHandler = async (event) => …`, `export async function handler(event: EventBridgeEvent<'OrderPlaced', …>)`. */
export function lambdas(view: FileView): readonly ConsumerFact[] {
  if (!view.facts.imports.some((it) => it.from === 'aws-lambda')) return [];
  return view.facts.functions.flatMap((fn) => {
    const type = lambdaType(view, fn);
    return type ? [lambda(named(view, fn), type)] : [];
  });
}

/** The type that makes a function a handler of messages: of its variable or of its first parameter. */
function lambdaType(view: FileView, fn: FunctionFact): (TypeExpr & { readonly kind: 'ref' }) | undefined {
  if (fn.kind === 'module' || !isEntry(view, fn)) return undefined;
  const first = fn.parameters[0];
  const parameter = first === undefined ? undefined : view.facts.bindings[first]?.type;
  for (const type of [parameter, fn.declaredAs]) {
    if (type?.kind === 'ref' && view.importedFrom(type.name) === 'aws-lambda' && handlerTypes.test(type.name))
      return type;
  }
  return undefined;
}

/** A function of the module, or what one makes: `createHandler = (deps) => async (event: SQSEvent) => …`. */
function isEntry({ facts }: FileView, fn: FunctionFact): boolean {
  const outer = fn.outer === undefined ? undefined : facts.functions[fn.outer];
  if (!outer || outer.kind === 'module') return true;
  const isTop = outer.outer === undefined || facts.functions[outer.outer]?.kind === 'module';
  return isTop && isMadeBy(fn, outer) && !handsOn(fn, outer);
}

function isMadeBy(fn: FunctionFact, outer: FunctionFact): boolean {
  return [...actionsIn(outer.body)].some(
    ({ kind, ...it }) => kind === 'return' && 'value' in it && isFunction(it.value, fn),
  );
}

function isFunction(value: Expr | undefined, fn: FunctionFact): boolean {
  if (value?.kind === 'function') return value.function === fn.id;
  return value?.kind === 'name' && fn.name !== '' && value.name === fn.name;
}

/** `withLog = (handle) => (event: SQSEvent) => handle(event)`: the handler is what it is given. */
function handsOn(fn: FunctionFact, outer: FunctionFact): boolean {
  return [...callsIn(fn.body)].some(({ call: { callee } }) => {
    return (
      callee.kind === 'name' && callee.binding !== undefined && outer.parameters.includes(callee.binding)
    );
  });
}

/** What is returned without a name goes by that of its maker. */
function named({ facts }: FileView, fn: FunctionFact): Pick<FunctionFact, 'id' | 'name' | 'at'> {
  const maker = fn.name === '' && fn.outer !== undefined ? facts.functions[fn.outer] : undefined;
  return maker && maker.kind !== 'module' ? { id: fn.id, name: maker.name, at: maker.at } : fn;
}

function lambda(
  fn: Pick<FunctionFact, 'id' | 'name' | 'at'>,
  type: TypeExpr & { readonly kind: 'ref' },
): ConsumerFact {
  const detail = /^EventBridge/.test(type.name) ? type.args[0] : undefined;
  const name = detail && literal(detail);
  return {
    at: fn.at,
    name: fn.name,
    library: 'aws-lambda',
    transport: 'broker',
    events: name ? [name] : [],
    handler: fn.id,
    eventParameter: 0,
    acknowledges: 'after',
  };
}

/** `'OrderPlaced'`, `typeof ORDER_PLACED`, `DetailTypes.OrderPlaced`: a type that stands for one text. */
function literal(type: TypeExpr): Expr | undefined {
  const { at } = type;
  if (type.kind === 'literal') return { kind: 'string', value: type.value.replace(/^['"`]|['"`]$/g, ''), at };
  return type.kind === 'typeof' || (type.kind === 'ref' && type.name.includes('.'))
    ? valueNamed(type.name, at)
    : undefined;
}
