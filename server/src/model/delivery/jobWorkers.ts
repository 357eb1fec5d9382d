// Who takes the jobs that are put into a queue: the workers that name the same queue, in whichever service they run.
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerNode, Effect, EventModel } from '../model.ts';
import { classAt } from '../resolution/values.ts';

/** The consumers of the queue into which an effect puts a job; none where its name can't be read. */
export function workersOf(model: EventModel, { file, role }: Effect): readonly ConsumerNode[] {
  const name = queueOf(model, { file, role });
  if (name === undefined) return [];
  return model.consumers.filter(
    ({ fact, events }) =>
      fact.library === 'bullmq' && events.some((it) => it.name === name || it.wireNames.includes(name)),
  );
}

/** The name of that queue. */
export function queueOf(
  model: EventModel,
  { file, role }: Pick<Effect, 'file' | 'role'>,
): string | undefined {
  if (role.kind !== 'publish' || role.library !== 'bullmq' || !role.channel) return undefined;
  const named = namedBy(model, file, role.channel);
  return named && model.program.stringOf(named.file, named.expr);
}

/** `'payments'` of `@InjectQueue('payments') private readonly queue: Queue`, and of `new Queue('payments')`. */
function namedBy(
  model: EventModel,
  file: FilePath,
  queue: Expr,
): { readonly file: FilePath; readonly expr: Expr } | undefined {
  const value = model.program.valueOf(file, queue);
  if (value?.expr.kind === 'new') return firstOf(value.file, value.expr.args);
  if (queue.kind !== 'member' || queue.object.kind !== 'this') return undefined;
  const facts = model.files.get(file);
  const owner = facts && classAt(facts, queue.at.start);
  const member = owner?.members.find((it) => it.name === queue.name);
  const injected = member?.decorators?.find((it) => it.name === 'InjectQueue');
  if (injected) return firstOf(file, injected.args);
  return member?.init?.kind === 'new' ? firstOf(file, member.init.args) : undefined;
}

function firstOf(
  file: FilePath,
  [expr]: readonly Expr[],
): { readonly file: FilePath; readonly expr: Expr } | undefined {
  return expr && { file, expr };
}
