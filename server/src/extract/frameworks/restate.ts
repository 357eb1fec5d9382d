// Restate: handlers are retried until they succeed; what stands in `ctx.run` is journaled (https://docs.restate.dev).
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import type { Role } from '../../facts/roles.ts';
import type { FileView } from '../view.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { methodConsumer } from './messages.ts';

const modules = ['@restatedev/'];
const contexts = /^(Object|Workflow|ObjectShared|WorkflowShared)?Context$/;

export const restate: Framework = {
  name: 'restate',
  triggers: ['@restatedev/'],
  roles: journaled,
  modules: handlers,
};

function journaled(site: CallSite): readonly Role[] {
  if (site.name !== 'run' || !isFrom(site.origin, modules)) return [];
  const body = site.call.args.findLast((it) => site.view.valueOf(it).kind === 'function');
  return body ? [{ kind: 'guard', library: 'restate', form: 'wrap', body }] : [];
}

/** Functions whose first parameter is a context: the ones that a service lists as its handlers. */
function handlers(view: FileView): readonly ConsumerFact[] {
  return view.facts.functions.flatMap((fn) =>
    takesContext(view, fn)
      ? [
          methodConsumer(fn, {
            library: 'restate',
            transport: 'broker',
            events: [],
            isRequest: true,
            eventParameter: 1,
          }),
        ]
      : [],
  );
}

function takesContext(view: FileView, { parameters: [first], name }: FunctionFact): boolean {
  const type = first === undefined || name === '' ? undefined : view.facts.bindings[first]?.type;
  const origin = type && view.originOfType(type);
  return isFrom(origin, modules) && contexts.test(origin?.name ?? '');
}
