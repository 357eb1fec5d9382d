// What runs jobs under the key `run`: the tasks of a library, and the runner that a queue client of one's own makes.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FileView } from '../fileView.ts';
import type { CallSite, Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

export const ownRunners: Framework = {
  name: 'own-bus',
  triggers: ['createRunner', 'createWorker'],
  consumers(site) {
    const [queue, functions] = site.call.args;
    if (!site.receiver || !/^create(?:Runner|Worker)$/.test(site.name) || !queue) return [];
    const tells = ['onError', 'onComplete', 'onFailed', 'onCompleted', 'onSuccess'];
    const isRunner = tells.some((it) => site.view.entryOf(functions, it));
    const run = isRunner ? runOf(site.view, functions) : undefined;
    return run ? [runBy(site, run, { library: 'own-bus', events: [queue] })] : [];
  },
};

/** `{ run: traced('mails', sendMail) }`: what is wrapped does the work. */
export function runOf(view: FileView, functions: Expr | undefined): Expr | undefined {
  let run = view.entryOf(functions, 'run');
  for (let depth = 0; run?.kind === 'call' && depth < 4; depth += 1) {
    const inner: readonly Expr[] = run.args.filter((it) => it.kind === 'call' || mayHandle(view, it));
    run = inner.at(-1);
  }
  return mayHandle(view, run) ? run : undefined;
}

/** Who runs what a function hands over: `task({ id, run })`, which is named after what holds it. */
export function runBy(
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
