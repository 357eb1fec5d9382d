// Queues that are declared in a loop over a list: `queues.forEach(({ name, options }) => channel.assertQueue(name, options))`.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { isUnread, policyIn } from '../../facts/queuePolicy.ts';
import type { FailurePolicy, QueueRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { itemBehind } from '../consumers/listedHandlers.ts';
import type { EventModel } from '../model.ts';
import { entryOf } from '../resolution/values.ts';

interface Written {
  readonly file: FilePath;
  readonly expr: Expr;
}

interface Listed {
  readonly role: QueueRole;
  /** What the item calls the queue. */
  readonly name?: Written;
}

/** What each item of the list says, as far as it is written out; empty where the options hang on no list. */
export function listedQueues(
  model: EventModel,
  facts: FileFacts,
  { queue, from, ...rest }: QueueRole,
): readonly Listed[] {
  const options = from && itemBehind(facts, from);
  const list = options && model.program.valueOf(facts.file, options.list);
  if (!options || list?.expr.kind !== 'array') return [];
  const named = queue && itemBehind(facts, queue);
  return list.expr.items.map((expr) => {
    const item = { file: list.file, expr };
    const name = named && partAt(model, item, named.path);
    const policy = policyAt(model, partAt(model, item, options.path));
    return { role: { ...rest, ...policy, ...(queue && { queue }) }, ...(name && { name }) };
  });
}

/** What stands under keys of a value; null where it has none of that name, undefined where nobody can tell. */
function partAt(
  model: EventModel,
  { file, expr }: Written,
  [key, ...rest]: readonly string[],
): Written | null | undefined {
  if (key === undefined) return { file, expr };
  const value = model.program.valueOf(file, expr);
  if (value?.expr.kind !== 'object') return undefined;
  const part = entryOf(value.expr, key);
  if (part) return partAt(model, { file: value.file, expr: part }, rest);
  return isUnread(value.expr) ? undefined : null;
}

function policyAt(model: EventModel, options: Written | null | undefined): FailurePolicy {
  if (options === null) return { deadLetter: 'none', limit: 'none' };
  const value = options && model.program.valueOf(options.file, options.expr);
  if (value?.expr.kind !== 'object') return { deadLetter: 'unknown', limit: 'unknown' };
  const args = entryOf(value.expr, 'arguments');
  return policyIn(value.expr, args && (model.program.valueOf(value.file, args)?.expr ?? args));
}
