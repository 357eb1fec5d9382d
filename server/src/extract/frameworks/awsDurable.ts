// Durable functions of AWS Lambda: what stands in a step is journaled, and a crashed run goes on behind the last one that ended
// (https://github.com/aws/aws-durable-execution-sdk-js).
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import { isUnread } from '../../facts/queuePolicy.ts';
import type { PublishRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';

const library = 'aws-durable-execution';
const modules = ['@aws/durable-execution-sdk-js'];
const steps = /^(?:step|waitForCallback|runInChildContext)$/;
/** What somebody outside ends. */
const callbacks = /^(?:waitForCallback|createCallback)$/;

export const awsDurable: Framework = {
  name: library,
  triggers: ['@aws/durable-execution-sdk-js'],
  hasTriggersAlways: true,
  roles: (site) => (isContext(site) ? [...journaled(site), ...waiting(site), ...invoked(site)] : []),
};

/** `context.step('save-order', async () => …)`, `context.waitForCallback('await-approval', async (id) => …)`. */
function journaled({ name, view, call: { args } }: CallSite): readonly Role[] {
  const at = steps.test(name) ? args.findLastIndex((it) => view.valueOf(it).kind === 'function') : -1;
  const body = args[at];
  const [key] = args;
  if (!body) return [];
  const options = args[at + 1];
  return [
    {
      ...{ kind: 'guard', library, form: 'wrap', body, isJournaled: true },
      ...(key && key !== body && { key }),
      ...(options && isTriedOnce(view, options) && { isTriedOnce: true }),
      // After some tries the step throws, and the run fails with it.
      isGivenUp: true,
    },
  ];
}

/** `{ retryStrategy: retryPresets.noRetry }`, `() => ({ shouldRetry: false })`, `createRetryStrategy({ maxAttempts: 1 })`. */
function isTriedOnce(view: FileView, options: Expr): boolean {
  const strategy = view.entryOf(options, 'retryStrategy');
  if (strategy?.kind === 'member') return strategy.name === 'noRetry';
  if (strategy?.kind === 'call') return isLiteral(view.entryOf(strategy.args[0], 'maxAttempts'), '1');
  const body = strategy?.kind === 'function' ? view.facts.functions[strategy.function]?.body : undefined;
  const [only, ...others] = body ?? [];
  const decided = only?.kind === 'return' && others.length === 0 ? only.value : undefined;
  return isLiteral(view.entryOf(decided, 'shouldRetry'), 'false');
}

function isLiteral(value: Expr | undefined, text: string): boolean {
  return value?.kind === 'literal' && value.text === text;
}

/** `context.createCallback('approved', { timeout: { hours: 1 } })`: without a time it waits as long as the whole run may last. */
function waiting({ name, view, call }: CallSite): readonly Role[] {
  if (!callbacks.test(name)) return [];
  const isLimited = call.args.some((it) => mayLimit(view, it));
  return isLimited
    ? [{ kind: 'time-limit', library }]
    : [{ kind: 'wait', library, endedBy: '`timeout` in its options' }];
}

/** Options that can't be read may say a time. */
function mayLimit(view: FileView, arg: Expr): boolean {
  const value = view.valueOf(arg);
  if (/^(?:string|template|function)$/.test(value.kind)) return false;
  if (value.kind !== 'object') return value.kind !== 'name' || value.name !== 'undefined';
  return isUnread(value) || view.entryOf(value, 'timeout') !== undefined;
}

/** `context.invoke('charge', 'charge-card', order)`, with or without a name of its own: that a function was asked is journaled. */
function invoked({ name, view, call }: CallSite): readonly PublishRole[] {
  const event = name === 'invoke' ? functionIn(view, call) : undefined;
  if (!event) return [];
  const payload = call.args[call.args.indexOf(event) + 1];
  return [
    {
      ...{ kind: 'publish', library, transport: 'broker', event, gives: 'promise' },
      ...(payload && { payload }),
      ...{ isRequest: true, isJournaled: true, confidence: 'type' },
    },
  ];
}

/** The second of two texts is the function's id, the first what the call goes by. */
function functionIn(view: FileView, { args: [first, second] }: CallExpr): Expr | undefined {
  const value = second && view.valueOf(second);
  const isId = value?.kind === 'string' || value?.kind === 'template' || isSetting(value);
  return isId ? second : first;
}

/** `process.env.CHARGE_FUNCTION`, also with a default. */
function isSetting(value: Expr | undefined): boolean {
  if (value?.kind === 'choice') return value.of.some(isSetting);
  const object = value?.kind === 'member' ? value.object : undefined;
  return object?.kind === 'member' && object.name === 'env';
}

/** The context of a handler without a written type is told by its name. */
function isContext({ origin, receiverName, view }: CallSite): boolean {
  if (isFrom(origin, modules)) return true;
  return origin?.from === undefined && /^(?:context|ctx)$/i.test(receiverName) && doesImport(view, modules);
}
