// A saga's step that nothing takes back when a later step fails: half of the business transaction stays done.
import { z } from 'zod';
import { takingHold } from '../facts/sagaWords.ts';
import { abandonedHolds, type AbandonedHold } from '../model/compensation/abandonedHolds.ts';
import { askedInARow } from '../model/compensation/askedInARow.ts';
import { deadUndoings } from '../model/compensation/deadUndoings.ts';
import { deniedCharges } from '../model/compensation/deniedCharges.ts';
import { deniedCommands } from '../model/compensation/deniedCommands.ts';
import { escapedFailures, type EscapedFailure } from '../model/compensation/escapedFailures.ts';
import { halfDone } from '../model/compensation/halfDone.ts';
import { leftDeeds, type LeftDeed } from '../model/compensation/leftDeeds.ts';
import { lostSteps, type LostStep } from '../model/compensation/lostSteps.ts';
import { otherUndoings } from '../model/compensation/otherUndoings.ts';
import { strandedRows } from '../model/compensation/strandedRows.ts';
import { takenAmounts } from '../model/compensation/takenAmounts.ts';
import { uncalledUndoings } from '../model/compensation/uncalledUndoings.ts';
import { unheardHolds, type UnheardHold } from '../model/compensation/unheardHolds.ts';
import { calleeName } from '../model/fileIndex.ts';
import { saidOfSagas } from '../model/incremental/about.ts';
import type { Deed, EventModel, SagaNode, StepNode } from '../model/model.ts';
import { isGivenUp } from '../model/sagas/activities.ts';
import { tellsSomebody } from '../model/sagas/deeds.ts';
import { hasUndoing } from '../model/sagas/finalFailures.ts';
import { comesAfter } from '../model/sagas/stepOrder.ts';
import { compensationFixes } from './compensationFixes.ts';
import { isExternal } from './external.ts';
import { askedOf, deniedOf, halfDoneOf, strandedOf, otherOf } from './halfDoneFindings.ts';
import type { Rule, RuleContext, RuleFinding } from './rule.ts';
import { deadOf, uncalledOf } from './uncalledFindings.ts';

export const rule: Rule = {
  id: 'missing-compensation',
  severity: 'error',
  summary: 'A step of a saga changes something, a later step can fail, and nothing takes the change back',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model, settingsOf }) {
    // A step of a durable engine may stand in several workflows and is mended in one place.
    const seen = new Set<string>();
    for (const { said } of saidOfSagas(model, 'missing compensations', (it) => missingIn(model, it))) {
      if (seen.has(said.key)) continue;
      seen.add(said.key);
      yield said.finding;
    }
    const escaped = saidOfSagas(model, 'escaped failures', (it) =>
      [...escapedFailures(model, it)].map(escapedOf),
    );
    for (const { said } of escaped) yield said;
    for (const { said } of saidOfSagas(model, 'other undoings', (it) => [...otherUndoings(model, it)]))
      yield otherOf(said);
    for (const it of sequences(model, seen)) {
      yield it;
      seen.add(`${it.file} ${it.at.start}`);
    }
    yield* left(model, settingsOf);
    for (const it of lostSteps(model)) if (!isExternal({ settingsOf }, it.deed)) yield lostOf(it);
    for (const it of unheardHolds(model)) if (!isExternal({ settingsOf }, it.failure)) yield unheardOf(it);
    for (const it of strandedRows(model)) if (!isExternal({ settingsOf }, it.failure)) yield strandedOf(it);
    for (const it of uncalledUndoings(model))
      if (!isExternal({ settingsOf }, it.unsent)) yield uncalledOf(it);
  },
};

/** A flow that is ended is told of once. */
function* left(model: EventModel, settingsOf: RuleContext<unknown>['settingsOf']): Iterable<RuleFinding> {
  const ended = new Set<string>();
  for (const it of leftDeeds(model)) {
    const key = `${it.ending.file} ${it.ending.at.start}`;
    const isElsewhere = [it.deed, it.failure].some((event) => isExternal({ settingsOf }, event));
    if (isElsewhere || ended.has(key)) continue;
    ended.add(key);
    yield leftOf(it);
  }
}

/** What functions do one after the other, sagas or not; the surer it is, the earlier it comes. */
function* sequences(model: EventModel, told: ReadonlySet<string>): Iterable<RuleFinding> {
  for (const it of [...deniedCharges(model), ...deniedCommands(model)])
    if (!told.has(`${it.file} ${it.charge.call.at.start}`)) yield deniedOf(it);
  yield* forgotten(model, told);
  for (const it of halfDone(model))
    if (!told.has(`${it.file} ${it.first.action.call.at.start}`)) yield halfDoneOf(it);
  for (const it of askedInARow(model))
    if (!told.has(`${it.file} ${it.first.call.at.start}`)) yield askedOf(it);
}

/** What is held without any saga, and what would give it back but is called by nobody. */
function* forgotten(model: EventModel, told: ReadonlySet<string>): Iterable<RuleFinding> {
  for (const it of [...abandonedHolds(model), ...takenAmounts(model)])
    if (!told.has(`${it.file} ${it.hold.call.at.start}`)) yield abandonedOf(it);
  for (const it of deadUndoings(model))
    if (!told.has(`${it.caller.file} ${it.action.call.at.start}`)) yield deadOf(it);
}

/** The steps of a saga that nothing takes back, each with the place where it is mended. */
function* missingIn(
  model: EventModel,
  saga: SagaNode,
): Iterable<{ readonly key: string; readonly finding: RuleFinding }> {
  const mayEnd = endingIn(model, saga);
  for (const step of revocable(saga.steps)) {
    const deed = step.deed ?? undoneElsewhere(model, saga, step);
    const next = deed && step.compensation === 'no' ? nextToFail(saga.steps, step, mayEnd) : undefined;
    if (!deed || !next) continue;
    const found = findingOf(model, { saga, step, deed, next });
    const isPerhaps = goesForward(saga) && isGivenUp(model, next) === 'perhaps';
    const finding: RuleFinding = isPerhaps ? { ...found, severity: 'info' } : found;
    yield { key: `${step.file} ${step.at.start}`, finding };
  }
}

/** What an activity does is known by another one that undoes it. */
function undoneElsewhere(
  model: EventModel,
  { fact }: SagaNode,
  { name, file, at }: StepNode,
): Deed | undefined {
  return fact.engine === 'temporal' && hasUndoing(model, name) ? { file, at, name } : undefined;
}

/** The names alone say that it is held. */
function abandonedOf({ file, hold, held, next, isOwn }: AbandonedHold): RuleFinding {
  const then = calleeName(next.call.callee) ?? '';
  return {
    file,
    at: hold.call.at,
    symbol: calleeName(hold.call.callee) ?? '',
    severity: 'warning',
    message: `When \`${then}\` fails, nothing ${isOwn ? 'puts back what' : 'gives back what'} \`${held}\` took${isOwn ? '' : ' hold of'}.`,
    help: isOwn
      ? `Catch the failure of what comes after \`${held}\` and put back what it took.`
      : `Catch the failure of what comes after \`${held}\` and give it back, or let it end by itself after a while.`,
    related: [{ file, at: next.call.at, message: `\`${then}\` can fail.` }],
  };
}

/** What is done is known by names alone: somebody may still take it back under another. */
function leftOf({ deed, failure, ending, announced }: LeftDeed): RuleFinding {
  const [failed] = failure.producers;
  return {
    file: ending.file,
    at: ending.at,
    symbol: ending.name,
    severity: 'warning',
    message: `When \`${failure.name}\` comes, \`${ending.name}\` ends the flow, and nothing takes back what \`${deed.name}\` announced.`,
    help: `Let the service that published \`${deed.name}\` take it back when \`${failure.name}\` comes, or ask it to from here.`,
    related: [
      { file: announced.file, at: announced.at, message: `\`${deed.name}\` is published here.` },
      ...(failed
        ? [{ file: failed.file, at: failed.at, message: `\`${failure.name}\` is published here.` }]
        : []),
    ],
  };
}

/** Somebody may look for what was left. */
function lostOf({ deed, announced, next, name, place }: LostStep): RuleFinding {
  const { file, at } = place;
  return {
    file,
    at,
    symbol: name,
    severity: 'warning',
    message: `When \`${name}\` fails after \`${deed.name}\`, nobody hears of it, and nothing takes back what \`${deed.name}\` announced.`,
    help: `Announce the failure of \`${name}\`, and take back what \`${deed.name}\` announced when it comes.`,
    related: [
      { file: announced.file, at: announced.at, message: `\`${deed.name}\` is published here.` },
      { file: next.file, at: next.at, message: `\`${next.name}\` comes after it.` },
    ],
  };
}

/** That it is held is known by names alone. */
function unheardOf({ failure, failed, holding, asked, command }: UnheardHold): RuleFinding {
  const { file, at } = asked.via[0] ?? asked;
  return {
    file,
    at,
    symbol: command,
    severity: 'warning',
    message: `Nobody hears \`${failure.name}\`: when it comes, what \`${holding.name}\` did for \`${command}\` stays done, and its service has nothing that takes it back.`,
    help: `Handle \`${failure.name}\` where the flow began, and ask the service of \`${holding.name}\` to take it back.`,
    related: [
      { file: failed.file, at: failed.at, message: `\`${failure.name}\` is published here.` },
      { file: holding.file, at: holding.at, message: `\`${holding.name}\` takes hold of something.` },
    ],
  };
}

function escapedOf({ saga, step, action, held }: EscapedFailure): RuleFinding {
  const [undo] = held.undoing;
  return {
    file: step.file,
    at: step.at,
    symbol: step.name,
    message: `\`${step.name}\` is returned without \`await\`: when it fails, \`${saga.name}\` has left the try, and the catch does not take back what \`${held.name}\` did.`,
    help: 'Write `return await`, so that the catch sees the failure.',
    related: undo ? [{ file: undo.file, at: undo.at, message: `\`${undo.name}\` does not run then.` }] : [],
    fixes: [
      {
        title: 'Await it',
        plan: { kind: 'await-call', target: { file: step.file, at: action.call.at } },
        isPreferred: true,
        isSafe: true,
      },
    ],
  };
}

/**
 * Temporal repeats an activity until it succeeds: a workflow that compensates nothing goes forward only, unless an activity is given
 * up after some tries or fails for good by itself. What is no hold on anything, and has nothing that undoes it, may then stay as it is.
 */
function endingIn(model: EventModel, saga: SagaNode): (step: StepNode, next: StepNode) => boolean {
  const isLater = comesAfter(model, saga);
  const isForward = goesForward(saga);
  return (step, next) =>
    isLater(step, next) &&
    (!isForward ||
      ((takingHold.test(step.name) || hasUndoing(model, step.name)) && isGivenUp(model, next) !== 'no'));
}

function goesForward({ fact, steps }: SagaNode): boolean {
  return fact.engine === 'temporal' && !steps.some((it) => it.compensation === 'yes');
}

/** The steps before the pivot that are not simply repeated until they succeed. */
function revocable(steps: readonly StepNode[]): readonly StepNode[] {
  const pivot = steps.findIndex((it, index) => it.isPivot || isPassed(it, steps.slice(index + 1)));
  return (pivot < 0 ? steps : steps.slice(0, pivot)).filter((it) => !it.isRetriable);
}

/** `compensate: null`, and nothing behind it is compensated either: from here the saga only goes forward. */
function isPassed({ fact }: StepNode, later: readonly StepNode[]): boolean {
  const said = fact?.compensation;
  return (
    typeof said === 'object' && said?.kind === 'literal' && later.every((it) => it.compensation !== 'yes')
  );
}

function nextToFail(
  steps: readonly StepNode[],
  step: StepNode,
  mayEnd: (step: StepNode, next: StepNode) => boolean,
): StepNode | undefined {
  // A mail that could not be sent is no reason to take the rest back.
  return steps
    .slice(steps.indexOf(step) + 1)
    .find(
      (it) =>
        mayEnd(step, it) &&
        it.canFail &&
        !it.isRetriable &&
        (it.deed !== undefined || !tellsSomebody(it.name)),
    );
}

interface Gap {
  readonly saga: SagaNode;
  readonly step: StepNode;
  readonly deed: Deed;
  readonly next: StepNode;
}

function findingOf(model: EventModel, { saga, step, deed, next }: Gap): RuleFinding {
  return {
    file: step.file,
    at: step.at,
    symbol: step.name,
    message: messageFor(saga, step, deed, next),
    help: `Add a compensation to \`${step.name}\` that undoes it and may run twice, or mark the step as the pivot if the saga only goes forward from there.`,
    related: [
      { file: deed.file, at: deed.at, message: `\`${deed.name}\` changes something.` },
      { file: next.file, at: next.at, message: `\`${next.name}\` can fail.` },
    ],
    fixes: compensationFixes(model, saga, step, deed),
  };
}

function messageFor({ name, fact }: SagaNode, step: StepNode, deed: Deed, next: StepNode): string {
  if (typeof step.fact?.compensation === 'number')
    return `The compensation of \`${step.name}\` does nothing: when \`${next.name}\` fails, what \`${deed.name}\` did stays done.`;
  const saga = fact.form === 'imperative' && fact.owner !== undefined ? `${fact.owner}.${name}` : name;
  const how = deed.name.split('.').at(-1) === step.name ? '' : ` with \`${deed.name}\``;
  return `When \`${next.name}\` fails, nothing takes back what \`${step.name}\` did${how}: \`${saga}\` stays half done.`;
}
