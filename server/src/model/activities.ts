// Activities of Temporal: which proxy they come from, and whether its policy tries them again.
import type { CallExpr, Expr } from '../facts/expressions.ts';
import type { CallAction } from '../facts/actions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { saidOfFiles } from './about.ts';
import { calleeName, indexOf } from './fileIndex.ts';
import type { EventModel, StepNode } from './model.ts';
import { perModel } from './perModel.ts';
import { isUndoing } from './undoing.ts';

/** The `proxyActivities(…)` that gives what is called: a name taken out of it, or a member of it. */
export function proxyOf({ bindings }: FileFacts, { callee }: CallExpr): CallExpr | undefined {
  const root = callee.kind === 'member' ? callee.object : callee;
  const binding = root.kind === 'name' && root.binding !== undefined ? bindings[root.binding] : undefined;
  const init = binding?.init?.kind === 'member' ? binding.init.object : binding?.init;
  return init?.kind === 'call' && /^proxy(?:Local)?Activities$/.test(calleeName(init.callee) ?? '')
    ? init
    : undefined;
}

/** Whether activities of the workspace are tried once only; undefined where there are none. */
export const triesOnce = perModel((model: EventModel): boolean | undefined => {
  const all = proxiesIn(model);
  return all.length === 0 ? undefined : all.some((it) => isOnce(model, it));
});

/** Whether the engine tries a compensation again when it fails: its own policy says so, or that of whatever may take steps back. */
export function isTriedAgain(model: EventModel, facts: FileFacts, { call }: CallAction): boolean {
  const proxy = proxyOf(facts, call);
  if (proxy) return !isOnce(model, { facts, proxy });
  const isDurable = facts.imports.some((it) => it.from.startsWith('@temporalio/workflow'));
  const all = proxiesIn(model);
  const undoing = all.filter(mayUndo);
  const deciding = undoing.length > 0 ? undoing : all;
  return deciding.length === 0 ? isDurable : !deciding.some((it) => isOnce(model, it));
}

/** Whether the engine gives up the activity that is called there after so many tries as its proxy says. */
export function isGivenUp(model: EventModel, { file, name, at }: StepNode): boolean {
  const facts = model.files.get(file);
  const sites = facts ? (indexOf(facts).calls.get(name) ?? []) : [];
  const call = sites.find((it) => it.action.call.at.start === at.start)?.action.call;
  const proxy = facts && call && proxyOf(facts, call);
  return proxy?.args.some((it) => Number(attempts(model, file, it, 3) ?? 0) > 0) === true;
}

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

function isOnce(model: EventModel, { facts, proxy }: Proxy): boolean {
  return proxy.args.some((it) => attempts(model, facts.file, it, 3) === '1');
}

/** How often the options let an activity be tried, wherever they stand. */
function attempts(model: EventModel, file: FilePath, options: Expr, depth: number): string | undefined {
  const given = model.program.objectOf(file, options);
  if (!given || depth === 0) return undefined;
  for (const { key, value } of given.object.entries) {
    const found =
      key === 'maximumAttempts'
        ? model.program.literalOf(given.file, value)
        : attempts(model, given.file, value, depth - 1);
    if (found !== undefined) return found;
  }
  for (const it of given.object.spreads) {
    const found = attempts(model, given.file, it, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
