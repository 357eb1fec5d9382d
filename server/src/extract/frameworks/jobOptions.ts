// What the options of jobs, queues and workers say about failures: https://docs.bullmq.io/guide/retrying-failing-jobs
import type { Expr } from '../../facts/expressions.ts';
import type { FailurePolicy, QueueRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import type { CallSite } from './framework.ts';

/** More tries than anybody counts. */
const manyAttempts = 1000;

/** `new Queue(name, { defaultJobOptions })`, `new Worker(name, work, { removeOnFail })`, `registerQueue({ name, defaultJobOptions })`. */
export function queueOf({ view, call, name }: CallSite): readonly QueueRole[] {
  if (name === 'registerQueue')
    return call.args.flatMap((it) => declared(view, view.entryOf(it, 'name'), it));
  const [kind] = /^(?:Queue|Worker)(?=(?:Pro)?$)/.exec(name) ?? [];
  return kind === undefined ? [] : declared(view, call.args[0], call.args[kind === 'Worker' ? 2 : 1]);
}

function declared(view: FileView, queue: Expr | undefined, options: Expr | undefined): readonly QueueRole[] {
  const jobOptions = view.entryOf(options, 'defaultJobOptions') ?? options;
  const policy = optionsPolicy(view, jobOptions);
  return queue && policy ? [{ kind: 'queue', library: 'bullmq', queue, ...policy }] : [];
}

/**
 * What the options of a job say; undefined where they say nothing, since what holds then stands elsewhere.
 * A job that failed stays in the set of failed jobs unless it is removed.
 */
export function optionsPolicy(view: FileView, options: Expr | undefined): FailurePolicy | undefined {
  const object = options && view.valueOf(options);
  if (object?.kind !== 'object') return undefined;
  const removeOnFail = view.entryOf(object, 'removeOnFail');
  const attempts = view.entryOf(object, 'attempts');
  if (!removeOnFail && !attempts) return undefined;
  const isRemoved = removeOnFail?.kind === 'literal' && removeOnFail.text === 'true';
  const backoff = view.entryOf(object, 'backoff');
  return {
    deadLetter: isRemoved ? 'none' : 'given',
    // One try, unless the queue or the job says otherwise somewhere else.
    limit: !attempts ? 'unknown' : isEndless(attempts) ? 'none' : 'given',
    ...(backoff && { isDelayed: true }),
  };
}

function isEndless(attempts: Expr): boolean {
  if (attempts.kind === 'name') return attempts.name === 'Infinity';
  if (attempts.kind === 'member')
    return /^(?:POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)$/.test(attempts.name);
  return attempts.kind === 'literal' && Number(attempts.text.replaceAll('_', '')) >= manyAttempts;
}
