// What the options of jobs, queues and workers say about failures: https://docs.bullmq.io/guide/retrying-failing-jobs
import type { Expr } from '../../facts/expressions.ts';
import type { FailurePolicy, QueueRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { spreadOut } from '../spreads.ts';
import { configsOf } from './factories.ts';
import type { CallSite } from './framework.ts';

/** More tries than anybody counts. */
const manyAttempts = 1000;

/** `new Queue(name, { defaultJobOptions })`, `new Worker(name, work, { removeOnFail })`, and what modules of NestJS are given. */
export function queueOf(site: CallSite): readonly QueueRole[] {
  const { view, call, name } = site;
  if (/^(?:registerQueue|forRoot)(?:Async)?$/.test(name)) return ofModule(site);
  const [kind] = /^(?:Queue|Worker)(?=(?:Pro)?$)/.exec(name) ?? [];
  return kind === undefined ? [] : declared(view, call.args[0], call.args[kind === 'Worker' ? 2 : 1]);
}

/** `registerQueue({ name, defaultJobOptions })`; what `forRoot` says holds for all queues. Both may stand in what a `useFactory` returns. */
function ofModule({ view, call, name }: CallSite): readonly QueueRole[] {
  const isRoot = name.startsWith('forRoot');
  return call.args.flatMap((arg) =>
    configsOf(view, arg).flatMap((config) => {
      if (!isRoot) return declared(view, view.entryOf(arg, 'name'), config);
      const policy = optionsPolicy(view, view.entryOf(config, 'defaultJobOptions'));
      return policy ? [{ kind: 'queue' as const, library: 'bullmq', ...policy }] : [];
    }),
  );
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
  const value = options && view.valueOf(options);
  if (value?.kind !== 'object') return undefined;
  const object = spreadOut(value, view.valueOf);
  const removeOnFail = view.entryOf(object, 'removeOnFail');
  const attempts = view.entryOf(object, 'attempts');
  if (!removeOnFail && !attempts) return undefined;
  const backoff = view.entryOf(object, 'backoff');
  return {
    deadLetter: removeOnFail && isRemoved(view, removeOnFail) ? 'none' : 'given',
    // One try, unless the queue or the job says otherwise somewhere else.
    limit: !attempts ? 'unknown' : isEndless(attempts) ? 'none' : 'given',
    ...(backoff && { isDelayed: true }),
  };
}

/** `true`, or a number of jobs to keep that is none: `0`, `{ count: 0 }`. */
function isRemoved(view: FileView, removeOnFail: Expr): boolean {
  const kept = view.entryOf(removeOnFail, 'count') ?? removeOnFail;
  return kept.kind === 'literal' && /^(?:true|0)$/.test(kept.text);
}

function isEndless(attempts: Expr): boolean {
  if (attempts.kind === 'name') return attempts.name === 'Infinity';
  if (attempts.kind === 'member')
    return /^(?:POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)$/.test(attempts.name);
  return attempts.kind === 'literal' && Number(attempts.text.replaceAll('_', '')) >= manyAttempts;
}
