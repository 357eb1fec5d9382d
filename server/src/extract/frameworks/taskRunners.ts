// What runs jobs under the key `run`: tasks of Trigger.dev (https://trigger.dev/docs/tasks/overview), which are tried again when they
// throw, and the runner that a queue client of one's own makes.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FailurePolicy } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

export const triggerDev: Framework = {
  name: 'trigger.dev',
  triggers: ['@trigger.dev/sdk'],
  hasTriggersAlways: true,
  consumers(site) {
    const isTask = !site.receiver && /^(?:task|schemaTask)$/.test(site.name);
    if (!isTask || !isFrom(site.origin, ['@trigger.dev/'])) return [];
    const [options] = site.call.args;
    const run = runOf(site.view, options);
    const id = site.view.entryOf(options, 'id');
    if (!run || !id || isTriedOnce(site.view, options)) return [];
    return [consumed(site, run, { library: 'trigger.dev', events: [id], policy: byDefault })];
  },
};

export const ownRunners: Framework = {
  name: 'own-bus',
  triggers: ['createRunner', 'createWorker'],
  consumers(site) {
    const [queue, functions] = site.call.args;
    if (!site.receiver || !/^create(?:Runner|Worker)$/.test(site.name) || !queue) return [];
    const tells = ['onError', 'onComplete', 'onFailed', 'onCompleted', 'onSuccess'];
    const isRunner = tells.some((it) => site.view.entryOf(functions, it));
    const run = isRunner ? runOf(site.view, functions) : undefined;
    return run ? [consumed(site, run, { library: 'own-bus', events: [queue] })] : [];
  },
};

/** A task that throws is tried again after a pause, three times unless it says otherwise. */
const byDefault: FailurePolicy = { deadLetter: 'none', limit: 'given', isDelayed: true };

function isTriedOnce(view: FileView, options: Expr | undefined): boolean {
  const tries = view.entryOf(view.entryOf(options, 'retry'), 'maxAttempts');
  return tries?.kind === 'literal' && tries.text === '1';
}

/** `{ run: traced('mails', sendMail) }`: what is wrapped does the work. */
function runOf(view: FileView, functions: Expr | undefined): Expr | undefined {
  let run = view.entryOf(functions, 'run');
  for (let depth = 0; run?.kind === 'call' && depth < 4; depth += 1) {
    const inner: readonly Expr[] = run.args.filter((it) => it.kind === 'call' || mayHandle(view, it));
    run = inner.at(-1);
  }
  return mayHandle(view, run) ? run : undefined;
}

function consumed(
  site: CallSite,
  run: Expr,
  said: Pick<ConsumerFact, 'library' | 'events' | 'policy'>,
): ConsumerFact {
  const { view, fn, action } = site;
  const handler = handlerOf(view, run);
  const owner = view.ownerOf(fn.id);
  const held = action.result === undefined ? undefined : view.facts.bindings[action.result];
  const label = { name: site.name, at: site.call.at };
  return {
    ...(held?.isTopLevel ? { name: held.name, at: held.at } : labelOf(view, handler, label)),
    ...said,
    transport: 'broker',
    handler,
    eventParameter: 0,
    isRequest: true,
    acknowledges: 'after',
    ...(owner === undefined ? {} : { owner }),
  };
}
