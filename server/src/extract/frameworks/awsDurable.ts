// Durable functions of AWS Lambda: what stands in a step is journaled, and a crashed run goes on behind the last one that ended
// (https://github.com/aws/aws-durable-execution-sdk-js).
import type { Role } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';

const modules = ['@aws/durable-execution-sdk-js'];
const steps = /^(?:step|waitForCallback|runInChildContext)$/;

export const awsDurable: Framework = {
  name: 'aws-durable-execution',
  triggers: ['@aws/durable-execution-sdk-js'],
  hasTriggersAlways: true,
  roles: journaled,
};

/** `context.step('save-order', async () => …)`, `context.waitForCallback('await-approval', async (id) => …)`. */
function journaled(site: CallSite): readonly Role[] {
  if (!steps.test(site.name) || !isContext(site)) return [];
  const body = site.call.args.findLast((it) => site.view.valueOf(it).kind === 'function');
  const [key] = site.call.args;
  if (!body) return [];
  return [
    {
      ...{ kind: 'guard', library: 'aws-durable-execution', form: 'wrap', body, isJournaled: true },
      ...(key && key !== body && { key }),
    },
  ];
}

/** The context of a handler without a written type is told by its name. */
function isContext({ origin, receiverName, view }: CallSite): boolean {
  if (isFrom(origin, modules)) return true;
  return origin?.from === undefined && /^(?:context|ctx)$/i.test(receiverName) && doesImport(view, modules);
}
