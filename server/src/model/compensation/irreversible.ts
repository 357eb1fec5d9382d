// Steps of a saga that nobody can take back, and what may still fail after them.
import type { FunctionFact } from '../../facts/facts.ts';
import { mayFollow, takesTurns } from '../calls/order.ts';
import { saidOfSagas } from '../incremental/about.ts';
import type { EventModel, SagaNode, StepNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { tellsSomebody } from '../sagas/deeds.ts';
import { effectsOfActivity } from '../sagas/repeatedSteps.ts';

export interface EarlyStep {
  readonly saga: SagaNode;
  readonly step: StepNode;
  readonly what: 'mail' | 'money' | 'goods';
  /** The first step behind it that can fail. */
  readonly next: StepNode;
}

const mail = /(?<![a-z])(?:e ?mail|mail|sms|text message|push notification|notify|notification|letter)/;
/** What a mail about the flow itself says may be sent at any time, and so may one to the staff. */
const harmless =
  /(?<![a-z])(?:receiv|acknowledg|request|pending|started|begin|fail|cancel|reject|declin|refus|apolog|sorry|alert|admin|staff|support|ops(?![a-z])|team|verif|otp(?![a-z])|code|draft|template|prepare|build|render|schedule|queue|check|validate|find|should|(?:log|get|can|is)(?![a-z]))/;
const money = /(?<![a-z])(?:pay ?out|disburse|wire|remit)/;
const goods =
  /^(?:ship|dispatch|deliver|hand over|send)(?: the| physical)? (?:parcel|package|goods|items?|products?|order|shipment)/;

/** All steps that can't be undone and stand before one that can still fail. What is compensated was thought of. */
export function* earlyIrreversibleSteps(model: EventModel): Iterable<EarlyStep> {
  const seen = new Set<string>();
  for (const { of: saga, said } of saidOfSagas(model, 'early steps', (it) => earlyIn(model, it))) {
    const [step, next] = [saga.steps[said.index], saga.steps[said.after]];
    const key = step ? `${step.file} ${step.at.start}` : '';
    if (!step || !next || seen.has(key)) continue;
    seen.add(key);
    yield { saga, step, what: said.what, next };
  }
}

/** By their places among the steps: which one stays, and after it the first that can stop the saga. */
function* earlyIn(
  model: EventModel,
  saga: SagaNode,
): Iterable<{ readonly index: number; readonly after: number; readonly what: EarlyStep['what'] }> {
  const { steps } = saga;
  const pivot = steps.findIndex((it) => it.isPivot);
  for (const [index, step] of steps.entries()) {
    const what = whatStays(known(model, saga, step));
    if (!what || (pivot >= 0 && index >= pivot) || step.compensation === 'yes') continue;
    const after = steps.findIndex((it, place) => place > index && canStop(model, saga, step, it));
    if (after >= 0) yield { index, after, what };
  }
}

/** An activity with what it does, where the workspace has it. */
function known(model: EventModel, saga: SagaNode, step: StepNode): StepNode {
  const effects = step.effects.length > 0 ? [] : effectsOfActivity(model, saga, step);
  return effects.length > 0 ? { ...step, effects } : step;
}

function whatStays({ name, effects, deed }: StepNode): EarlyStep['what'] | undefined {
  const words = wordsOf(name).join(' ');
  const said = [name, ...effects.map((it) => it.name)].map((it) => wordsOf(it).join(' ')).join(' ');
  if (harmless.test(words)) return undefined;
  const remote = effects.flatMap(({ role }) => (role.kind === 'remote' ? [role.what] : []));
  const isOnlyMail =
    remote.every((it) => it === 'email' || it === 'sms') && effects.every((it) => it.role.kind !== 'write');
  if (remote.some((it) => it === 'email' || it === 'sms') && isOnlyMail)
    return harmless.test(said) ? undefined : 'mail';
  if (effects.length === 0 && mail.test(words)) return 'mail';
  // A mail by any HTTP client, to which only the name of the step says what it sends.
  const isTold = tellsSomebody(name) && effects.every((it) => it.role.kind === 'remote');
  if (!deed && isTold) return harmless.test(said) ? undefined : 'mail';
  // What holds something else is another rule's: that step lacks a compensation.
  if (deed && !money.test(said) && !goods.test(words)) return undefined;
  if (money.test(words)) return 'money';
  return goods.test(words) ? 'goods' : undefined;
}

/** A step behind that may end the saga: neither another message, nor what is repeated until it succeeds. */
function canStop(model: EventModel, { file, fact }: SagaNode, step: StepNode, later: StepNode): boolean {
  if (!later.canFail || later.isRetriable || whatStays(later) === 'mail') return false;
  const fn = fact.function === undefined ? undefined : model.files.get(file)?.functions[fact.function];
  const words = wordsOf(later.name).join(' ');
  if (
    startsAnother(model, later, fn) ||
    mail.test(words) ||
    /(?<![a-z])(?:log|audit|metric|track|publish|emit|complete|finish|mark|update|save|sleep)/.test(words)
  )
    return false;
  const isHolding = later.deed !== undefined || later.effects.some(({ role }) => role.kind === 'remote');
  if (!isHolding && later.fact === undefined) return false;
  return (
    !fn ||
    fact.steps.length > 0 ||
    mayFollow(fn.body, step.at.start, later.at.start) ||
    takesTurns(fn.body, step.at.start, later.at.start)
  );
}

/** A child that goes on by itself, or the next run of the same workflow: neither is part of this one. */
function startsAnother(
  { program }: EventModel,
  { effects }: StepNode,
  fn: FunctionFact | undefined,
): boolean {
  return (
    effects.length > 0 &&
    effects.every(({ role, file }) => {
      if (role.kind !== 'publish') return false;
      const isItself = (): boolean => program.functionsOf(file, role.event).some((it) => it.fact === fn);
      return role.isDetached === true || (role.isRequest === true && isItself());
    })
  );
}
