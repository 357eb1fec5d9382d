// Whether anything ends the wait of a process manager when no answer comes: a deadline that is an event, a delayed message,
// or a job that looks for sagas which are stuck.
import type { Expr, ObjectEntry, ObjectExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { sagaName } from '../../facts/sagaWords.ts';
import { actionsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { jobsOf } from '../delivery/clockJobs.ts';
import type { Effect, EventModel } from '../model.ts';
import { producersOf, storeOf } from '../producers/sent.ts';
import type { ProcessManager } from './processManagers.ts';

/** Words for a time that is over. */
export const deadline =
  /(?<!(?:session|connection|request|rebalance|socket|lock|query|idle|http|visibility|clear|set)_?)time_?-?\.?out|timed.?out|expir(?!ience)|dead_?line|overdue|stuck|stale|watchdog|due_?(?:at|by|date)|sweep|reaper/i;
const delaying =
  /^(?:delay|delayMs|delaySeconds|x-delay|expiration|deliverAt|scheduledEnqueueTimeUtc|scheduleAt|runAt|startAfter|notBefore)$/i;

const trying = /^(?:backoff|retry(?:Options|Strategy|Policy)?|retries)$/i;
const ofCard = /^(?:cvv|cvc|(?:card_?)?cvv2?|card_?(?:number|no|cvc)|security_?code)$/i;

/** Pages by which people look for what is stuck: they end no wait by themselves. */
const byHand = /(?:controller|maintenance|admin|routes?)\.[cm]?ts$/i;

/** Whether somebody ends the wait; where that can't be told, the answer is yes. */
export function isWaitLimited(model: EventModel, manager: ProcessManager): boolean {
  if (!model.isComplete) return true;
  if (manager.reactions.some((it) => it.consumer.events.some((one) => deadline.test(one.name)))) return true;
  if (manager.sent.some((it) => deadline.test(it.name))) return true;
  const files = new Set([
    ...manager.functions.map((it) => it.file),
    ...manager.sent.map((it) => it.effect.file),
  ]);
  for (const file of files) {
    const facts = byHand.test(file) ? undefined : model.files.get(file);
    if (facts && speaksOfDeadline(facts)) return true;
  }
  return sweeps(model, manager);
}

/** A saga that names a time in its state or delays a message has a deadline, whoever watches it. */
export const speaksOfDeadline = once((facts: FileFacts): boolean => {
  const isNamed =
    facts.types.some((it) =>
      it.members.some((one) => deadline.test(one.name) || deadline.test(textOf(one.init))),
    ) || facts.bindings.some((it) => deadline.test(it.name) && it.kind !== 'import');
  if (isNamed) return true;
  return facts.functions.some(({ name, body }) => {
    if (deadline.test(name)) return true;
    for (const action of actionsIn(body))
      for (const expr of exprsOf(action)) if (hasDeadline(expr)) return true;
    return false;
  });
});

/** Whether an expression names a time that is over, or delays a message. */
export function hasDeadline(expr: Expr): boolean {
  if (expr.kind === 'object')
    return (
      entriesOf(expr).some((it) => delaying.test(it.key) || isOfTime(it)) || expr.spreads.some(hasDeadline)
    );
  if (expr.kind === 'member' && deadline.test(expr.name) && expr.name !== 'setTimeout') return true;
  if (expr.kind === 'string' && deadline.test(expr.value)) return true;
  return partsOf(expr).some(hasDeadline);
}

function isOfTime({ key, value }: ObjectEntry): boolean {
  return deadline.test(key) || hasDeadline(value);
}

/** Whether the options of a message delay it: `{ delay: 900_000 }`. */
export function isDelayed(expr: Expr): boolean {
  if (expr.kind !== 'object') return false;
  return entriesOf(expr).some((it) => delaying.test(it.key) || isDelayed(it.value));
}

/** The delay before another try ends no wait, and that a card is valid for a while says nothing of the flow. */
function entriesOf({ entries }: ObjectExpr): readonly ObjectEntry[] {
  if (entries.some((it) => ofCard.test(it.key))) return [];
  return entries.filter((it) => !trying.test(it.key));
}

function textOf(expr: Expr | undefined): string {
  return expr?.kind === 'string' ? expr.value : '';
}

/**
 * A job that runs by itself and writes the saga's rows, goes through what is stuck, or sends one of the saga's events. What a participant
 * relays from its outbox is its answer: one that never got the command sends none.
 */
function sweeps(model: EventModel, manager: ProcessManager): boolean {
  return jobsOf(model).some((job) => {
    const { fact, file } = job;
    if (deadline.test(`${fact.owner ?? ''} ${fact.name}`) && model.serviceOf(file) === manager.service)
      return true;
    if (sagaName.test(`${fact.owner ?? ''} ${fact.name} ${file.split('/').at(-1) ?? ''}`)) return true;
    const { effects } = model.bodyOf(job);
    if (model.serviceOf(file) !== manager.service && effects.some(isOfOutbox)) return false;
    return effects.some((effect) => {
      if (effect.role.kind === 'write') return manager.stores.has(storeOf(effect));
      return producersOf(model, effect).some((it) =>
        manager.reactions.some(
          ({ consumer }) => it.event !== undefined && consumer.events.includes(it.event),
        ),
      );
    });
  });
}

function isOfOutbox(effect: Effect): boolean {
  return effect.role.kind === 'write' && /out_?box/i.test(storeOf(effect));
}

/** What a clock runs in a service and may look for sagas that are stuck, by its name: it writes rows, or says that it does so. */
export function sweepsIn(model: EventModel, service: string): readonly string[] {
  return jobsOf(model).flatMap((job) => {
    const name = `${job.fact.owner ?? ''}.${job.fact.name}`;
    if (model.serviceOf(job.file) !== service) return [];
    const isSweep = deadline.test(name) || sagaName.test(name);
    return isSweep || model.bodyOf(job).effects.some(({ role }) => role.kind === 'write') ? [name] : [];
  });
}
