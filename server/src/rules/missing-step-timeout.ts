// A step that waits for another system as long as it takes: the saga hangs, and holds what it has reserved.
import { z } from 'zod';
import { lazily } from '../facts/once.ts';
import { mayFollow } from '../model/calls/order.ts';
import { openRows, type OpenRow } from '../model/choreography/openRows.ts';
import { saidOfSagas } from '../model/incremental/about.ts';
import type { Effect, EventModel, FunctionNode, SagaNode, StepNode } from '../model/model.ts';
import { askingFlows } from '../model/sagas/askingFlows.ts';
import { openSteps, openWaits } from '../model/sagas/openWaits.ts';
import { orchestratingMethods } from '../model/sagas/orchestratingMethods.ts';
import { keeperOf } from '../model/sagas/stepLimits.ts';
import { tableWaits, type TableWait } from '../model/sagas/tableSagas.ts';
import { isLimitedByCallers, isLimitedByRunner, unlimitedCalls } from '../model/sagas/timeLimits.ts';
import { endlessWaits, type EndlessWait } from '../model/sagas/waits.ts';
import type { Place } from '../text.ts';
import type { Rule, RuleFinding } from './rule.ts';
import { timeoutFixes } from './timeoutFixes.ts';

export const rule: Rule = {
  id: 'missing-step-timeout',
  severity: 'warning',
  summary: 'A step of a saga waits for a remote call or a reply without a limit',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    const seen = new Set<string>();
    const found = [
      ...inSteps(model),
      ...inWorkflows(model),
      ...inLongSteps(model),
      ...inMethods(model),
      ...endlessWaits(model).map(waitOf),
      ...tableWaits(model).map(rowOf),
      ...inFlows(model),
      ...openRows(model).map(openOf),
    ];
    for (const it of found) {
      const key = placeOf(it);
      if (!seen.has(key)) yield it;
      seen.add(key);
    }
  },
};

function* inSteps(model: EventModel): Iterable<RuleFinding> {
  const unkept = new Set<string>();
  for (const { of: saga, said } of saidOfSagas(model, 'steps without a limit', (it) =>
    unlimitedIn(model, it),
  )) {
    const { finding, key, ifKeptBy } = said;
    if (saga.fact.engine === undefined && isLimitedByRunner(model, saga)) continue;
    if (key !== undefined && keeperOf(model, key) !== ifKeptBy) continue;
    // What is to be mended is whatever runs the steps, once.
    if (key !== undefined && ifKeptBy === 'nobody') {
      if (unkept.has(key)) continue;
      unkept.add(key);
    }
    yield finding;
  }
}

interface Unlimited {
  readonly finding: RuleFinding;
  /** The limit that the step names: it is one unless somebody, or nobody, keeps it. */
  readonly key?: string;
  /** `signal`: the limit is no more than a signal that its calls have to take. */
  readonly ifKeptBy?: 'signal' | 'nobody';
}

/** What is found at each of its steps, where a limit that it names is kept in that way. */
function* unlimitedIn(model: EventModel, saga: SagaNode): Iterable<Unlimited> {
  // Temporal asks for a limit of each activity; Medusa takes one, of a step or of the workflow.
  if (saga.fact.engine === 'temporal' || saga.fact.hasTimeLimit === true) return;
  for (const step of saga.steps) {
    const key = step.fact?.limitKey;
    if (step.hasTimeLimit && key === undefined) continue;
    const [call] = unlimitedCalls(model, step.effects);
    const finding = call && findingOf(model, saga.name, step.name, call);
    if (finding) yield step.hasTimeLimit ? { finding, key, ifKeptBy: 'signal' } : { finding };
  }
  for (const step of saga.steps) {
    const key = step.fact?.limitKey;
    const isRemote = step.effects.some((it) => it.role.kind === 'remote');
    if (key !== undefined && isRemote) yield { finding: unkeptOf(saga, step, key), key, ifKeptBy: 'nobody' };
  }
}

/** A workflow that holds something while it waits for a signal that may never come. */
function* inWorkflows(model: EventModel): Iterable<RuleFinding> {
  for (const { file, fact, name, steps } of model.sagas) {
    const facts = model.files.get(file);
    const fn = fact.function === undefined ? undefined : facts?.functions[fact.function];
    if (!facts || !fn || fact.engine === undefined) continue;
    for (const { call, endedBy } of openWaits(facts, fn)) {
      const held = steps.find(
        (it) => it.compensation === 'yes' && mayFollow(fn.body, it.at.start, call.at.start),
      );
      if (!held) continue;
      yield {
        file,
        at: call.at,
        symbol: 'name' in call.callee ? call.callee.name : name,
        message: `\`${name}\` waits for a signal without a limit: when none comes, it neither goes on nor takes back \`${held.name}\`.`,
        help: `Limit the wait by ${endedBy}, and compensate when the time is up.`,
        related: [{ file: held.file, at: held.at, message: `\`${held.name}\` holds something meanwhile.` }],
      };
    }
  }
}

/** A step that the engine takes for ended when somebody says so, which may never be. */
function* inLongSteps(model: EventModel): Iterable<RuleFinding> {
  for (const saga of model.sagas) {
    for (const { step, held } of openSteps(saga)) {
      yield {
        file: step.file,
        at: step.at,
        symbol: step.name,
        message: `\`${step.name}\` lasts until somebody says that it has ended, without a limit: when nobody does, \`${saga.name}\` neither goes on nor takes back \`${held.name}\`.`,
        help: 'Give the step or its workflow a `timeout`: when it is over, the engine compensates.',
        related: [{ file: held.file, at: held.at, message: `\`${held.name}\` holds something meanwhile.` }],
      };
    }
  }
}

/** What a class that is named after its saga asks, in methods that are no saga by themselves: one for each state, one that refunds. */
function* inMethods(model: EventModel): Iterable<RuleFinding> {
  const told = lazily(() => placesInSteps(model));
  for (const { fn, owner, asked } of orchestratingMethods(model)) {
    if (isLimitedByRunner(model, fn) || isLimitedByCallers(model, fn)) continue;
    for (const call of unlimitedCalls(model, asked))
      if (!told().has(placeOf(call))) yield findingOf(model, owner, fn.fact.name || owner, call);
  }
}

/** What sagas do is told of as their steps. */
function placesInSteps({ sagas }: EventModel): ReadonlySet<string> {
  return new Set(sagas.flatMap(({ steps }) => steps.flatMap((it) => it.effects.map(placeOf))));
}

/** What asks in the middle of other work, and is no saga: who waits there holds a request, and a lock or a message perhaps. */
function* inFlows(model: EventModel): Iterable<RuleFinding> {
  const told = lazily(() => placesInSteps(model));
  const isSaga = ({ file, fact }: FunctionNode): boolean =>
    model.sagas.some((it) => it.file === file && it.fact.function === fact.id);
  for (const { fn, asked, isOfMessage } of askingFlows(model)) {
    if (isSaga(fn) || isLimitedByCallers(model, fn)) continue;
    for (const call of unlimitedCalls(model, asked)) {
      if (told().has(placeOf(call))) continue;
      const name = fn.fact.name || 'the flow';
      yield {
        ...findingOf(model, name, name, { ...call, via: [] }),
        severity: 'info',
        message: `\`${name}\` waits for \`${call.name}\` without a limit: when no answer comes, it hangs with ${isOfMessage ? 'the message that it handles' : 'what it has done so far'}.`,
        help: `${howTo(call.role)}, so that the caller learns of it.`,
      };
    }
  }
}

function placeOf({ file, at }: Place): string {
  return `${file} ${at.start}`;
}

function unkeptOf(saga: SagaNode, { file, at, name }: StepNode, key: string): RuleFinding {
  return {
    file,
    at,
    symbol: name,
    message: `\`${name}\` names a limit, and nobody keeps it: no code reads \`${key}\`, so \`${saga.name}\` waits as long as the call takes.`,
    help: `Hand \`AbortSignal.timeout(step.${key})\` to the call, or end the wait in whatever runs the steps.`,
  };
}

function waitOf({ file, at, step, manager, sent, replies }: EndlessWait): RuleFinding {
  const names = replies.map((it) => `\`${it.name}\``);
  const handlers = manager.reactions.filter(({ consumer }) =>
    consumer.events.some((it) => replies.includes(it)),
  );
  return {
    file,
    at,
    symbol: step,
    message: `After \`${sent.name}\` the saga \`${manager.name}\` waits for ${listed(names)} without a limit: when no answer comes, it neither goes on nor compensates.`,
    help: 'Schedule a timeout event when the message is sent, or let a job look for sagas that wait too long, and compensate then.',
    related: handlers.slice(0, 2).map(({ consumer }) => ({
      file: consumer.file,
      at: consumer.at,
      message: `\`${consumer.name}\` goes on when the answer comes.`,
    })),
  };
}

function rowOf({ file, at, step, saga, sent, replies }: TableWait): RuleFinding {
  const names = replies.map((it) => `\`${it.name}\``);
  return {
    file,
    at,
    symbol: step,
    message: `After \`${sent}\` the saga \`${saga}\` waits for ${listed(names)} without a limit, as it does at its other steps: when no answer comes, it neither goes on nor compensates.`,
    help: 'Let whatever runs the steps schedule a timeout with each message, or a job look for sagas that wait too long, and compensate then.',
    related: replies
      .flatMap(({ consumers }) => consumers)
      .slice(0, 2)
      .map((it) => ({
        file: it.file,
        at: it.at,
        message: `\`${it.name}\` goes on when the answer comes.`,
      })),
  };
}

function openOf({ file, at, call, sent, row, state, replies, ending, isConducted }: OpenRow): RuleFinding {
  const names = replies.map((it) => `\`${it.name}\``);
  const rows = row.name === undefined ? 'the row' : `the row in \`${row.name}\``;
  const left = state === undefined ? 'as it is' : `\`${state}\``;
  return {
    file,
    at,
    symbol: call.split('.').at(-1) ?? call,
    ...(!isConducted && { severity: 'info' as const }),
    message: `After \`${sent}\` ${rows} waits for ${listed(names)} without a limit: when no answer comes, it stays ${left}.`,
    help: 'Let a job look for rows that wait too long, or send a delayed message with the first, and end the flow then.',
    related: ending.slice(0, 2).map((it) => ({
      file: it.file,
      at: it.at,
      message: `\`${it.name}\` goes on when the answer comes.`,
    })),
  };
}

function listed(names: readonly string[]): string {
  const [last, ...others] = names.slice(0, 3).toReversed();
  return others.length > 0 ? `${others.toReversed().join(', ')} or ${last ?? ''}` : (last ?? '');
}

function findingOf(model: EventModel, saga: string, step: string, call: Effect): RuleFinding {
  const place = call.via[0] ?? call;
  return {
    file: place.file,
    at: place.at,
    symbol: place.name.split('.').at(-1) ?? place.name,
    message: `\`${step}\` waits for \`${call.name}\` without a limit: when no answer comes, \`${saga}\` hangs and neither goes on nor compensates.`,
    help: `${howTo(call.role)}, so that the step fails and the saga compensates.`,
    related:
      call.via.length > 0
        ? [{ file: call.file, at: call.at, message: `\`${call.name}\` has no limit.` }]
        : [],
    fixes: timeoutFixes(model, call),
  };
}

function howTo(role: Effect['role']): string {
  if (role.kind === 'remote' && role.endedBy !== undefined) return `End the wait by ${role.endedBy}`;
  if (role.kind !== 'publish') return 'Hand `signal: AbortSignal.timeout(…)` or a timeout to the call';
  const { limitedBy, gives } = role;
  if (limitedBy) return `Hand a \`timeout\` to the call, or give all of them one by \`${limitedBy.key}\``;
  return gives === 'observable'
    ? 'Pipe it through `timeout(…)` of rxjs'
    : 'Let a timer reject the promise that waits for the answer';
}
