// Keys that a caller makes anew and hands in: the place to mend is where they are made, not where they are used.
import type { Expr } from '../../facts/expressions.ts';
import { pathOf as nameOf } from '../effects/effects.ts';
import type { EventModel } from '../model.ts';
import { parameterOf, pathOf } from '../resolution/origins.ts';
import { entryOf, rootOf } from '../resolution/values.ts';
import { changingIn, type Changing } from './changing.ts';
import type { KeySite } from './keySites.ts';

export interface HandedKey {
  /** The call that hands the key in. */
  readonly site: KeySite;
  readonly by: Changing;
}

const deepest = 4;

/** The calls that lead to a site and hand it another key each time, through wrappers and objects of options. */
export function* handedKeys(model: EventModel, site: KeySite, depth = 0): Iterable<HandedKey> {
  const { fn, key } = site;
  const facts = model.files.get(fn.file);
  const root = facts && rootOf(facts, key);
  const parameter = facts && root && parameterOf(facts, root);
  if (!parameter || depth > deepest) return;
  const path = pathOf(facts, key);
  for (const { caller, action } of model.program.callersOf({ file: fn.file, fact: parameter.fn })) {
    const arg = action.call.args[parameter.index];
    const value = arg && valueAt(model, caller.file, arg, path);
    if (!value) continue;
    const handing = { ...site, fn: caller, action, key: value, name: nameOf(action.call.callee) };
    const by = changingIn(model, caller, value);
    if (by) yield { site: handing, by };
    else yield* handedKeys(model, handing, depth + 1);
  }
}

/** What an argument holds at a path of keys: written out, behind a spread or a variable, or still to be handed in. */
function valueAt(
  model: EventModel,
  file: string,
  arg: Expr,
  path: readonly string[],
  depth = 0,
): Expr | undefined {
  const [key, ...rest] = path;
  if (key === undefined || depth > deepest) return depth > deepest ? undefined : arg;
  if (arg.kind === 'object') {
    const entry = entryOf(arg, key);
    if (entry) return valueAt(model, file, entry, rest, depth + 1);
    const spread = arg.spreads.at(-1);
    return spread && valueAt(model, file, spread, path, depth + 1);
  }
  if (arg.kind !== 'name' && arg.kind !== 'member') return undefined;
  const binding = arg.kind === 'name' ? model.files.get(file)?.bindings[arg.binding ?? -1] : undefined;
  if (binding?.kind === 'const' && binding.init?.kind === 'object')
    return valueAt(model, file, binding.init, path, depth + 1);
  return valueAt(model, file, { kind: 'member', object: arg, name: key, at: arg.at }, rest, depth + 1);
}
