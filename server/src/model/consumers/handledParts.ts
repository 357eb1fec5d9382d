// Whether an expression is read from the message that a handler is given: `event.orderId`, or `orderId` taken out of it.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { bindingOf, levelOfParameter, type Handling } from '../calls/handling.ts';
import { isHandled } from '../choreography/handedOn.ts';
import { entryOf } from '../resolution/values.ts';

/** Whether an argument is read from the handled message, alone or inside of a condition. */
export function isHandledPart(here: Handling, file: FilePath, expr: Expr, depth = 0): boolean {
  if (depth > 10) return false;
  const deeper = (it: Expr): boolean => isHandledPart(here, file, it, depth + 1);
  switch (expr.kind) {
    case 'member':
      return deeper(expr.object) || isHandled(here, file, expr.object);
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
    return binding.init?.kind === 'member' && isHandledPart(here, file, binding.init, depth + 1);
  const parameter = wholeParameter(here, file, binding);
  const index = parameter && levelOfParameter(here, file, parameter);
  if (!parameter || index === undefined) return false;
  if (index === 0) return parameter !== binding;
  const caller = here.levels[index - 1];
  const arg = parameter.index === undefined ? undefined : caller?.action.call.args[parameter.index];
  if (!caller || !arg) return false;
  const outer = { ...here, levels: here.levels.slice(0, index) };
  const part = arg.kind === 'object' && parameter !== binding ? entryOf(arg, binding.name) : arg;
  if (!part) return false;
  return (
    isHandledPart(outer, caller.entry.file, part, depth + 1) ||
    (parameter !== binding && isHandled(outer, caller.entry.file, part))
  );
}

/** The parameter itself, or the one that a name was taken out of. */
function wholeParameter(here: Handling, file: FilePath, binding: BindingFact): BindingFact | undefined {
  if (binding.index !== undefined || binding.init?.kind !== 'member') return binding;
  const { object } = binding.init;
  return object.kind === 'name' ? bindingOf(here.model, file, object.binding) : undefined;
}
