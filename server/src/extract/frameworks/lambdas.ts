// Handlers of AWS Lambda, told by the type of what they take: exported, or made by a function that is handed what they work with.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import { isLambdaMessage } from '../../facts/messagingPackages.ts';
import { valueNamed } from '../../facts/valueNamed.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { untypedLambdas } from './untypedLambdas.ts';

type Ref = TypeExpr & { readonly kind: 'ref' };

/** `export const handler: SQSHandler = async (event) => …`, `export async function handler(event: EventBridgeEvent<'OrderPlaced', …>)`. */
export function lambdas(view: FileView): readonly ConsumerFact[] {
  return [...typedLambdas(view), ...untypedLambdas(view)];
}

function typedLambdas(view: FileView): readonly ConsumerFact[] {
  if (!view.facts.imports.some((it) => it.from === 'aws-lambda')) return [];
  return view.facts.functions.flatMap((fn) => {
    const type = lambdaType(view, fn);
    return type ? [lambda(view, named(view, fn), type)] : [];
  });
}

/** The type that makes a function a handler of messages: of its first parameter, of its variable, or of what its maker gives. */
function lambdaType(view: FileView, fn: FunctionFact): Ref | undefined {
  if (fn.kind === 'module' || !isEntry(view, fn)) return undefined;
  const { bindings, functions } = view.facts;
  const [first] = fn.parameters;
  const parameter = first === undefined ? undefined : bindings[first]?.type;
  const maker = fn.outer === undefined ? undefined : functions[fn.outer];
  return (
    behind(view, parameter, isEvent, 4) ?? handledBy(view, fn.declaredAs) ?? handledBy(view, maker?.returns)
  );
}

function isEvent(name: string): boolean {
  return isLambdaMessage(name) && name.endsWith('Event');
}

/** `const handler: Handler<SQSEvent, void>`, `createHandler(deps): SQSHandler`. An event that is declared elsewhere the model follows. */
function handledBy(view: FileView, written: TypeExpr | undefined): Ref | undefined {
  const handler = behind(view, written, (it) => it === 'Handler' || isLambdaMessage(it), 4);
  if (handler?.name !== 'Handler') return handler;
  const [event] = handler.args;
  return event?.kind === 'ref' && isOfWorkspace(view, event) ? event : behind(view, event, isEvent, 4);
}

/** The library's type behind what is written: `type Placed = EventBridgeEvent<'OrderPlaced', …>`, an interface that extends it. */
function behind(
  view: FileView,
  type: TypeExpr | undefined,
  isWanted: (name: string) => boolean,
  steps: number,
): Ref | undefined {
  if (type?.kind !== 'ref' || steps === 0) return undefined;
  const { name = '', from } = view.originOfType(type) ?? {};
  if (from !== undefined) return from === 'aws-lambda' && isWanted(name) ? { ...type, name } : undefined;
  const declared = view.typeNamed(type.name);
  const written = [declared?.alias, ...(declared?.bases ?? [])];
  return written.flatMap((it) => behind(view, it, isWanted, steps - 1) ?? [])[0];
}

function isOfWorkspace(view: FileView, { name }: Ref): boolean {
  const from = view.importedFrom(name);
  return from !== undefined && from !== 'aws-lambda';
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

function lambda(view: FileView, fn: Pick<FunctionFact, 'id' | 'name' | 'at'>, type: Ref): ConsumerFact {
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
    ...(isOfWorkspace(view, type) && { takes: type }),
    acknowledges: 'after',
    ...(/^DynamoDBStream/.test(type.name) && { isChangeFeed: true }),
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
