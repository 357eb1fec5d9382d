// Activities of Temporal and of engines that register them: which proxy they come from, and whether its policy tries them again.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { isUndoing } from '../compensation/undoing.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, StepNode } from '../model.ts';
import { failsForGood, throwsOneOf } from './finalFailures.ts';
import { runsElsewhere } from './registrations.ts';

/** The `proxyActivities(…)` that gives what is called: a name taken out of it, or a member of it. */
export function proxyOf({ bindings }: FileFacts, { callee }: CallExpr): CallExpr | undefined {
  const root = callee.kind === 'member' ? callee.object : callee;
  const binding = root.kind === 'name' && root.binding !== undefined ? bindings[root.binding] : undefined;
  return binding?.init && proxyIn(binding.init);
}

function proxyIn(expr: Expr): CallExpr | undefined {
  const made = expr.kind === 'member' ? expr.object : expr;
  const isProxy = made.kind === 'call' && /^proxy(?:Local)?Activities$/.test(calleeName(made.callee) ?? '');
  return isProxy ? made : undefined;
}

/** The same where another file makes it: `import { refundCard } from './activities.ts'`. */
export function proxyBehind(
  { program, files }: EventModel,
  facts: FileFacts,
  call: CallExpr,
): Proxy | undefined {
  const own = proxyOf(facts, call);
  if (own) return { facts, proxy: own };
  const { callee } = call;
  const made = program.valueOf(facts.file, callee.kind === 'member' ? callee.object : callee);
  const proxy = made && proxyIn(made.expr);
  const others = made && files.get(made.file);
  return proxy && others && { facts: others, proxy };
}

/** Whether an engine runs elsewhere what a call names: by a proxy, or by the name under which it is registered. */
export function isActivity(facts: FileFacts, action: CallAction, engine: string | undefined): boolean {
  const isOfProxy = engine === 'temporal' && proxyOf(facts, action.call) !== undefined;
  return isOfProxy || runsElsewhere(action) !== undefined;
}

/** Whether activities of the workspace are tried once only; undefined where there are none. */
export const triesOnce = perModel((model: EventModel): boolean | undefined => {
  const all = proxiesIn(model);
  return all.length === 0 ? undefined : all.some((it) => isOnce(model, it));
});

/** How often the engine tries a compensation that fails: `some` times, and then no more, or `on` until it succeeds. */
export type Tries = 'once' | 'some' | 'on';

/** What its own policy says, or that of whatever may take steps back. */
export function triesOf(model: EventModel, facts: FileFacts, { call, roles }: CallAction): Tries {
  const proxy = proxyBehind(model, facts, call);
  if (proxy) return triesIn(model, proxy);
  const asked = roles.find((it) => it.kind === 'publish' && it.triedAgain !== undefined);
  if (asked?.kind === 'publish') return asked.triedAgain === 'then-throws' ? 'some' : 'on';
  const isDurable = facts.imports.some((it) => it.from.startsWith('@temporalio/workflow'));
  const all = proxiesIn(model);
  const undoing = all.filter(mayUndo);
  const deciding = undoing.length > 0 ? undoing : all;
  if (deciding.length === 0) return isDurable ? 'on' : 'once';
  const tries = deciding.map((it) => triesIn(model, it));
  if (tries.includes('once')) return 'once';
  // A signal is none of the activities.
  const isSent = roles.some((it) => it.kind === 'publish');
  return isDurable && !isSent && tries.every((it) => it === 'some') ? 'some' : 'on';
}

/**
 * Whether the engine gives up the activity that is called there: after so many tries as its proxy says, or at an error that is not tried
 * again. `perhaps`: other activities of the proxy throw that error, and this one is not seen to.
 */
export function isGivenUp(model: EventModel, { file, name, at }: StepNode): 'yes' | 'perhaps' | 'no' {
  if (failsForGood(model, name)) return 'yes';
  const facts = model.files.get(file);
  const sites = facts ? (indexOf(facts).calls.get(name) ?? []) : [];
  const call = sites.find((it) => it.action.call.at.start === at.start)?.action.call;
  const proxy = facts && call && proxyOf(facts, call);
  if (!facts || !proxy) return 'no';
  if (triesIn(model, { facts, proxy }) !== 'on') return 'yes';
  const errors = finalErrors(model, { facts, proxy });
  if (!errors || errors.length === 0) return 'no';
  return throwsOneOf(model, name, errors) === false ? 'perhaps' : 'yes';
}

/** `nonRetryableErrorTypes: ['CardExpired']`: at which errors an activity fails for good at its first try; one that can't be read is `?`. */
function finalErrors(model: EventModel, { facts, proxy }: Proxy): readonly string[] {
  return proxy.args.flatMap((it) => {
    const said = optionIn(model, facts.file, it, 'nonRetryableErrorTypes', 3);
    if (!said) return [];
    if (said.value.kind !== 'array') return ['?'];
    return said.value.items.map((one) => model.program.stringOf(said.file, one) ?? '?');
  });
}

/** The call that makes activities, and the file it stands in. */
interface Proxy {
  readonly facts: FileFacts;
  readonly proxy: CallExpr;
}

function proxiesIn(model: EventModel): readonly Proxy[] {
  return saidOfFiles(model, 'proxies of activities', (facts) =>
    (indexOf(facts).calls.get('proxyActivities') ?? []).flatMap(({ action: { call } }) =>
      call.callee.kind === 'name' || facts.imports.some((it) => it.from.startsWith('@temporalio/workflow'))
        ? [{ facts, proxy: call }]
        : [],
    ),
  );
}

/** Whether it gives activities that take something back, or all of them. */
function mayUndo({ facts, proxy }: Proxy): boolean {
  const names = facts.bindings.filter(
    ({ init }) => init?.kind === 'member' && init.object.at.start === proxy.at.start,
  );
  return names.length === 0 || names.some((it) => isUndoing(it.name));
}

function isOnce(model: EventModel, proxy: Proxy): boolean {
  return triesIn(model, proxy) === 'once';
}

/** A limit so high that hours go by is none. */
const manyTries = 100;

function triesIn(model: EventModel, { facts, proxy }: Proxy): Tries {
  const given = proxy.args.map((it) => optionIn(model, facts.file, it, 'maximumAttempts', 3));
  const said = given.map((it) => Number((it && model.program.literalOf(it.file, it.value)) ?? 0));
  if (said.includes(1)) return 'once';
  return said.some((it) => it > 1 && it < manyTries) ? 'some' : 'on';
}

/** What the options say of how often an activity is tried, wherever it stands in them. */
function optionIn(
  model: EventModel,
  file: FilePath,
  options: Expr,
  option: string,
  depth: number,
): { readonly file: FilePath; readonly value: Expr } | undefined {
  const given = model.program.objectOf(file, options);
  if (!given || depth === 0) return undefined;
  for (const { key, value } of given.object.entries) {
    const found =
      key === option ? { file: given.file, value } : optionIn(model, given.file, value, option, depth - 1);
    if (found !== undefined) return found;
  }
  for (const it of given.object.spreads) {
    const found = optionIn(model, given.file, it, option, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
