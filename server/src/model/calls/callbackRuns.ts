// When the functions that a call is handed run: at once, later without anybody waiting, or whenever whoever took them calls.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import type { Runs } from '../model.ts';
import { iterations } from '../resolution/origins.ts';

/** Words with which the names of functions begin that run what they are handed, whatever becomes of what they give. */
const running =
  /^(?:then|catch|finally|tap|reduce|reduceRight|from|chain|match|fold|andThen|orElse|switchMap|exhaustMap|sort|every|times|parallel|series|waterfall|Promise)$|^(?:run|exec|execute|perform|invoke|call|retry|attempt|try|with|in|using|transaction|transact|atomic|each|for|map|lock|acquire|synchroni[sz]ed|limit|measure|trace|time|batch|start)(?![a-z])/;
/** What takes a handler and gives something that can be awaited, or a chain. */
const taking =
  /^(?:on|once|use|register|subscribe|consume|listen|process|command|action|route|define|create|make|build|handle|schedule)(?![a-z])|^add(?:Hook|Listener|\w*Handler)$|^set(?:\w*Handler|\w*Listener)$/;
/** What runs all functions that stand under keys. */
const together = /^(?:all|auto|each|every|parallel|series|waterfall)(?![a-z])/;
const verbs = /^(?:get|post|put|patch|delete|all|head|options|del)$/;
const waited = new Set<CallAction['settled']>(['awaited', 'returned', 'handled']);
const around = new Set(['transaction', 'guard', 'retry', 'time-limit']);

/** The functions that an argument is, names or holds. */
export function callbacksIn(arg: Expr): readonly Expr[] {
  if (arg.kind === 'object') return arg.entries.map((it) => it.value).filter((it) => it.kind === 'function');
  if (arg.kind === 'array') return arg.items.filter((it) => it.kind === 'function');
  return arg.kind === 'function' || arg.kind === 'name' || arg.kind === 'member' ? [arg] : [];
}

/** When a function among the arguments runs, as far as the call itself says so; undefined: at once. */
export function runsOf(facts: FileFacts, action: CallAction, callback: Expr): Runs | undefined {
  const { roles, settled, call } = action;
  const timer = roles.find((it) => it.kind === 'schedule');
  if (timer) return timer.isOnce || timer.isKept ? 'later' : 'when-called';
  if (roles.some((it) => around.has(it.kind))) return undefined;
  const name = calleeName(call.callee) ?? '';
  if (isOneOfSeveral(action, callback)) return 'when-called';
  if (iterations.test(name) || running.test(name)) return undefined;
  if (taking.test(name) || isRoute(action, name)) return 'when-called';
  return waited.has(settled) || takesError(facts, callback) ? undefined : 'when-called';
}

/** `runQuery({ [POSTGRES]: () => insert(row), [KAFKA]: () => send(row) })`: of functions under keys one is chosen. */
export function isOneOfSeveral({ call }: CallAction, callback: Expr): boolean {
  if (together.test(calleeName(call.callee) ?? '')) return false;
  return call.args.some((arg) => {
    const functions = arg.kind === 'object' ? callbacksIn(arg) : [];
    return functions.length > 1 && functions.includes(callback);
  });
}

/** Whether the promise of a call is handed to whoever keeps the platform up: `waitUntil(sendMail(order))`. */
export function isLeftToPlatform(facts: FileFacts, { call }: CallAction): boolean {
  return leftToPlatform(facts).has(call.at.start);
}

const leftToPlatform = once((facts: FileFacts): ReadonlySet<number> => {
  const keepers = indexOf(facts).withRoles.filter(({ action: { roles } }) =>
    roles.some((it) => it.kind === 'schedule' && it.isKept),
  );
  return new Set(
    keepers.flatMap(({ action }) =>
      action.call.args.flatMap((it) => (it.kind === 'call' ? [it.at.start] : [])),
    ),
  );
});

/** `return router.post('/orders', …)`. */
function isRoute({ call, settled }: CallAction, name: string): boolean {
  const [path] = call.args;
  return verbs.test(name) && settled !== 'awaited' && (path?.kind === 'string' || path?.kind === 'template');
}

/** `(error, rows) => …` is told once how the call went. */
function takesError(facts: FileFacts, callback: Expr): boolean {
  if (callback.kind !== 'function') return false;
  const [first, , , ...others] = facts.functions[callback.function]?.parameters ?? [];
  const name = first === undefined ? undefined : facts.bindings[first]?.name;
  return others.length === 0 && name !== undefined && /^_*(?:err|error)\d*$/i.test(name);
}
