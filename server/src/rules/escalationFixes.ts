// How a compensation is kept from being lost: by the helper that the workspace has, or a new one that uses what retries and alerts there.
import type { TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { actionsIn, callsIn } from '../facts/walk.ts';
import type { EscalateFailurePlan } from '../fixes/plan.ts';
import { baseOf, itemOf } from '../model/compensation/backRuns.ts';
import type { LostCompensation } from '../model/compensation/compensating.ts';
import type { FloatingCompensation } from '../model/compensation/droppedCalls.ts';
import { foundInFiles } from '../model/incremental/about.ts';
import { perModel } from '../model/incremental/perModel.ts';
import type { EventModel } from '../model/model.ts';
import { proxyOf } from '../model/sagas/activities.ts';
import type { FilePath } from '../text.ts';
import type { Fix } from './rule.ts';

export interface Escalated {
  readonly lost: LostCompensation;
  /** What it goes by. */
  readonly name: string;
  /** The `forEach` that starts it. */
  readonly each: FloatingCompensation | undefined;
}

/** At most one fix; none where the value of the compensation is used. */
export function escalationFixes(model: EventModel, { lost, name, each }: Escalated): readonly Fix[] {
  const { fn, action, loss } = lost;
  const target = { file: fn.file, at: action.call.at };
  // Its policy is changed where the proxy is made.
  const facts = model.files.get(fn.file);
  if (lost.isActivity)
    return loss === 'floating' || !facts || !proxyOf(facts, action.call)
      ? []
      : [
          {
            title: `Let the engine try ${name} again`,
            plan: { kind: 'retry-activity', target },
            isPreferred: true,
          },
        ];
  // What is chained to it would have to go as well.
  if (isUsed(lost) || action.settled === 'handled') return [];
  if (loss === 'floating' && action.settled !== 'dropped' && !each) return [];
  const existing = helperFor(model, fn.file);
  const plan: EscalateFailurePlan = {
    kind: 'escalate-failure',
    target,
    label: labelOf(model, lost, name),
    ...(each && { each: { file: each.fn.file, at: each.action.call.at } }),
    ...(existing ? { existing } : { uses: usesFor(model, fn.file) }),
  };
  if (existing) return [{ title: `Compensate with ${existing.name}`, plan, isPreferred: true }];
  return [{ title: 'Try again, then escalate (creates compensateOrEscalate.ts)', plan }];
}

/** Whether what the compensation gives goes somewhere. */
function isUsed({ fn, action }: LostCompensation): boolean {
  if (action.result !== undefined || action.settled === 'returned') return true;
  const { start } = action.call.span;
  return [...actionsIn(fn.fact.body)].some(
    (it) =>
      it.kind === 'assign' &&
      it.at.start < start &&
      it.value.kind === 'call' &&
      it.value.span.start === start,
  );
}

/** `step.name` where the step's type has it, else the path of the call. */
function labelOf(
  { program, files }: EventModel,
  { fn, action: { call } }: LostCompensation,
  name: string,
): EscalateFailurePlan['label'] {
  const { callee } = call;
  if (callee.kind !== 'member') return { text: name };
  const facts = files.get(fn.file);
  const list = facts && itemOf(facts, callee.object, 0)?.list;
  const type = program.typeOf(fn.file, (list && baseOf(list)) ?? callee.object);
  const members = type?.fact.members ?? [];
  const said = ['name', 'id'].find((it) => members.some((one) => one.name === it && isText(one.type)));
  if (said !== undefined) return { member: said };
  const { object } = callee;
  const isNamed = object.kind === 'name' || object.kind === 'member';
  return { text: isNamed && name === callee.name ? `${object.name}.${name}` : name };
}

function isText(type: TypeExpr | undefined): boolean {
  return type?.kind === 'primitive' && type.name === 'string';
}

type Existing = NonNullable<EscalateFailurePlan['existing']>;
type Uses = NonNullable<EscalateFailurePlan['uses']>;

function helperFor(model: EventModel, beside: FilePath): Existing | undefined {
  const service = model.serviceOf(beside);
  return known(model).helpers.find((it) => model.serviceOf(it.file) === service);
}

function usesFor(model: EventModel, beside: FilePath): Uses {
  const service = model.serviceOf(beside);
  const retry = known(model).retries.find((it) => model.serviceOf(it.file) === service);
  const escalate = known(model).escalations.find((it) => model.serviceOf(it.file) === service);
  return { ...(retry && { retry }), ...(escalate && { escalate }) };
}

interface Known {
  readonly helpers: readonly Existing[];
  readonly retries: readonly NonNullable<Uses['retry']>[];
  readonly escalations: readonly NonNullable<Uses['escalate']>[];
}

const known = perModel((model: EventModel): Known => {
  const all = foundInFiles(model, 'what keeps compensations', knownIfAny);
  return {
    helpers: all.flatMap((it) => it.helpers),
    retries: all.flatMap((it) => it.retries),
    escalations: all.flatMap((it) => it.escalations),
  };
});

const helperName = /compensat|undo|roll_?back|take_?back|revert|safely|escalat/i;
const retryName = /^(?:with|do|run)?_?retr(?:y|ies|ying)(?!.*(?:able|policy|count|delay))|backoff/i;
const escalationName =
  /^(?:alert|page|escalate|report|record|mark|park|notify|raise)\w*(?:stuck|compensation|on_?call|operator|people|person|human|staff|team|ops|incident|dead_?letter|saga)|^(?:escalate|page|alert)$/i;

function knownOfFile(facts: FileFacts): Known {
  const exported = facts.functions.filter(
    (it) => it.isExported === true && it.owner === undefined && it.isAsync,
  );
  const { file } = facts;
  const named = (pattern: RegExp): readonly FunctionFact[] => exported.filter((it) => pattern.test(it.name));
  return {
    helpers: named(helperName).flatMap((it) => {
      const wanted = workAndLabel(facts, it);
      return wanted && answers(it) ? [{ file, name: it.name, arguments: wanted }] : [];
    }),
    retries: named(retryName).flatMap((it) =>
      workAndLabel(facts, it)?.join() === 'work' ? [{ file, name: it.name }] : [],
    ),
    escalations: named(escalationName).flatMap((it) => {
      const wanted = labelAndError(facts, it);
      return wanted ? [{ file, name: it.name, arguments: wanted }] : [];
    }),
  };
}

/** Most files have none. */
const knownIfAny = once((facts: FileFacts): readonly Known[] => {
  const found = knownOfFile(facts);
  return Object.values(found).some((it) => it.length > 0) ? [found] : [];
});

/** What it wants: the work and perhaps a name; undefined where it wants more than that. */
function workAndLabel(facts: FileFacts, fn: FunctionFact): Existing['arguments'] | undefined {
  const wanted = required(facts, fn).map(({ type }): Existing['arguments'][number] | undefined => {
    if (type?.kind === 'function') return 'work';
    return isText(type) ? 'label' : undefined;
  });
  const found = wanted.filter((it) => it !== undefined);
  const isPlain = found.length === wanted.length && found.filter((it) => it === 'work').length === 1;
  return isPlain && found.length < 3 ? found : undefined;
}

function labelAndError(
  facts: FileFacts,
  fn: FunctionFact,
): NonNullable<Uses['escalate']>['arguments'] | undefined {
  const wanted = required(facts, fn).map(({ type }) => {
    if (isText(type)) return 'label';
    return type?.kind === 'primitive' && type.name === 'unknown' ? 'error' : undefined;
  });
  const found = wanted.filter((it) => it !== undefined);
  if (found.length !== wanted.length || found.length === 0 || found.length > 2) return undefined;
  if (found.length === 1) return found[0] === 'label' ? ['text'] : ['error'];
  return found.includes('error') && found.includes('label') ? found : undefined;
}

/** Its parameters without those that have a default. */
function required(
  { bindings }: FileFacts,
  { parameters }: FunctionFact,
): readonly { readonly type?: TypeExpr }[] {
  return parameters.flatMap((it) => {
    const binding = bindings[it];
    return binding && !binding.init ? [binding] : [];
  });
}

/** Whether it tries the work itself and does more with a failure than print or throw it on. */
function answers({ body, parameters }: FunctionFact): boolean {
  return [...actionsIn(body)].some((action) => {
    if (action.kind !== 'try' || action.handler === null) return false;
    const runs = [...callsIn(action.body)].some(({ call }) =>
      [call.callee, ...call.args].some(
        (it) => it.kind === 'name' && it.binding !== undefined && parameters.includes(it.binding),
      ),
    );
    return (
      runs &&
      [...callsIn(action.handler)].some((it) =>
        isTelling(
          it.call.callee,
          it.roles.some((role) => role.kind === 'log'),
        ),
      )
    );
  });
}

function isTelling(callee: { readonly kind: string; readonly name?: string }, isLog: boolean): boolean {
  return (
    !isLog &&
    /record|alert|mark|park|page|escalat|notify|dead|stuck|store|save|insert|publish|send/i.test(
      callee.name ?? '',
    )
  );
}
