// Whether an expression is read from the message that a handler is given: `event.orderId`, or `orderId` taken out of it.
import type { Expr, MemberExpr, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { bindingOf, lastName, levelOfParameter, type Handling } from '../calls/handling.ts';
import { isHandled } from '../choreography/handedOn.ts';
import { entryOf } from '../resolution/values.ts';

/** Calls that give an id in another shape, or a record in that of a plain object. */
const reshaping =
  /^(?:String|Number|BigInt|parseInt|toString|toHexString|trim|ObjectId|createFromHexString|from\w*|of|create|parse|unmarshall)$/;

/** `const { id } = unmarshall(record.dynamodb.NewImage.order.M)` in a loop over records takes a dozen. */
const deepest = 20;

/** Whether an argument is read from the handled message, alone or inside of a condition. */
export function isHandledPart(here: Handling, file: FilePath, expr: Expr, depth = 0): boolean {
  if (depth > deepest) return false;
  const deeper = (it: Expr): boolean => isHandledPart(here, file, it, depth + 1);
  switch (expr.kind) {
    case 'member':
      return (
        deeper(expr.object) || isHandled(here, file, expr.object) || isHandledEntry(here, file, expr, depth)
      );
    case 'object':
      return expr.entries.some((it) => deeper(it.value));
    case 'array':
      return expr.items.some(deeper);
    case 'call':
    case 'new':
      return expr.args.some(deeper);
    case 'template':
      return expr.parts.some((it) => typeof it !== 'string' && deeper(it));
    case 'name':
      return isHandledValue(here, file, bindingOf(here.model, file, expr.binding), depth);
    default:
      return false;
  }
}

function isHandledValue(
  here: Handling,
  file: FilePath,
  binding: BindingFact | undefined,
  depth: number,
): boolean {
  if (!binding || binding.isAwaited) return false;
  if (binding.kind !== 'parameter')
    return (
      binding.init !== undefined &&
      keepsPart(binding.init) &&
      isHandledPart(here, file, binding.init, depth + 1)
    );
  const parameter = wholeParameter(here, file, binding);
  const index = parameter && levelOfParameter(here, file, parameter);
  if (!parameter || index === undefined) return false;
  if (index === 0) return parameter !== binding;
  const caller = here.levels[index - 1];
  const arg = parameter.index === undefined ? undefined : caller?.action.call.args[parameter.index];
  if (!caller || !arg) return false;
  const outer = { ...here, levels: here.levels.slice(0, index) };
  const key = parameter === binding ? undefined : binding.name;
  return isHandledArgument(outer, caller.entry.file, { arg, key, depth: depth + 1 });
}

/** What is handed in, or what a name takes out of it. */
function isHandledArgument(
  here: Handling,
  file: FilePath,
  { arg, key, depth }: { readonly arg: Expr; readonly key: string | undefined; readonly depth: number },
): boolean {
  const made = key === undefined ? undefined : madeAs(here, file, arg, depth);
  if (!made || key === undefined)
    return isHandledPart(here, file, arg, depth) || (key !== undefined && isHandled(here, file, arg));
  const entry = entryOf(made.object, key);
  return entry !== undefined && isHandledPart(made.here, made.file, entry, depth);
}

/** `event.orderId`, `new ObjectId(event.orderId)`, `unmarshall(record.dynamodb.NewImage)`. */
function keepsPart(init: Expr): boolean {
  return (
    init.kind === 'member' ||
    init.kind === 'new' ||
    (init.kind === 'call' && reshaping.test(lastName(init.callee)))
  );
}

/** `change.id` of `const change = { id: event.orderId }`, which may have been handed in. */
function isHandledEntry(
  here: Handling,
  file: FilePath,
  { object, name }: MemberExpr,
  depth: number,
): boolean {
  const made = madeAs(here, file, object, depth + 1);
  const entry = made && entryOf(made.object, name);
  return made !== undefined && entry !== undefined && isHandledPart(made.here, made.file, entry, depth + 1);
}

interface Made {
  readonly here: Handling;
  readonly file: FilePath;
  readonly object: ObjectExpr;
}

/** The object that a name stands for, here or where it is handed in. */
function madeAs(here: Handling, file: FilePath, expr: Expr, depth: number): Made | undefined {
  if (expr.kind === 'object') return { here, file, object: expr };
  const binding = expr.kind === 'name' ? bindingOf(here.model, file, expr.binding) : undefined;
  if (!binding || binding.isAwaited || depth > deepest) return undefined;
  if (binding.kind !== 'parameter') return binding.init && madeAs(here, file, binding.init, depth + 1);
  const index = binding.index === undefined ? undefined : levelOfParameter(here, file, binding);
  const caller = index === undefined ? undefined : here.levels[index - 1];
  const arg = binding.index === undefined ? undefined : caller?.action.call.args[binding.index];
  if (!caller || !arg) return undefined;
  return madeAs({ ...here, levels: here.levels.slice(0, index) }, caller.entry.file, arg, depth + 1);
}

/** The parameter itself, or the one that a name was taken out of. */
function wholeParameter(here: Handling, file: FilePath, binding: BindingFact): BindingFact | undefined {
  if (binding.index !== undefined || binding.init?.kind !== 'member') return binding;
  const { object } = binding.init;
  return object.kind === 'name' ? bindingOf(here.model, file, object.binding) : undefined;
}
