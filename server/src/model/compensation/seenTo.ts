// Rows that somebody sees to when what should follow failed: who hears of it, a clock that looks for what was left, a webhook.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { jobsOf } from '../delivery/clockJobs.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { isCommandName, storeOf } from '../producers/sent.ts';
import { holdsFailure } from './deniedCharges.ts';

/** One of two parts: a row of one's own, or what another service is asked to do. */
export interface Part {
  readonly action: CallAction;
  readonly kind: 'row' | 'asked';
  readonly name: string;
  /** The message by which another service is asked. */
  readonly command?: string;
  /** What does it at the end. */
  readonly effect: Effect;
}

/** Rows that say themselves that something is still to come. */
const unfinished =
  /pending|draft|await|wait|initial|initiat|process|progress|queued|unconfirmed|unverified|unpaid|incomplete|reserv|start|request|inactive|disabled/i;

/** Whoever hears of a message changes rows of that kind; whoever looks from time to time throws them away, or says that they failed. */
export function isSeenTo(model: EventModel, { effect }: Part): boolean {
  const { role } = effect;
  if (role.kind !== 'write') return false;
  return (
    (saysUnfinished(role.data) && isEverChanged(model, effect)) ||
    changedLater(model).has(storeOf(effect).toLowerCase())
  );
}

/** `{ status: 'PENDING' }`: who finds the row knows that the rest has not happened. */
function saysUnfinished(data: Expr | undefined): boolean {
  return unfinished.test(
    [
      ...JSON.stringify(data ?? '').matchAll(/"key":"\w*(?:stat(?:us|e)|phase|step)","value":\{(.*?)\}/gi),
    ].join(' '),
  );
}

/** Whether anything of the workspace writes again what was stored: then its status may come to an end. */
function isEverChanged(model: EventModel, effect: Effect): boolean {
  return saidOfFiles(model, 'stores that are written again', (facts) => changedIn(model, facts)).includes(
    storeOf(effect).toLowerCase(),
  );
}

function changedIn(model: EventModel, { file, functions }: FileFacts): readonly string[] {
  const effects = functions.flatMap((fact) => model.bodyOf({ file, fact }).effects);
  const again = effects.filter((it) => it.role.kind === 'write' && !isMade(it));
  return [...new Set(again.map((it) => storeOf(it).toLowerCase()))];
}

const changedLater = perModel((model: EventModel): ReadonlySet<string> => {
  const heard = model.consumers.filter(
    ({ fact, events }) =>
      fact.isRequest !== true && !(events.length > 0 && events.every((it) => isCommandName(it.name))),
  );
  const byMessage = heard.flatMap((it) => model.bodyOfConsumer(it).effects);
  const written = byMessage.filter((it) => it.role.kind === 'write' && !isMade(it));
  return new Set([...written.map((it) => storeOf(it).toLowerCase()), ...setRightByClocks(model)]);
});

/** The stores of which somebody looks from time to time for rows that are left. */
export const setRightByClocks = perModel((model: EventModel): ReadonlySet<string> => {
  const written = jobsOf(model).flatMap((it) => setRightBy(model, it));
  return new Set(written.map((it) => storeOf(it).toLowerCase()));
});

/** What a job of a clock does, and which rows it looks into. */
interface CatchingUp {
  readonly effects: readonly Effect[];
  readonly stores: ReadonlySet<string>;
}

const catchingUp = perModel((model: EventModel): readonly CatchingUp[] =>
  jobsOf(model).map((job) => {
    const { effects } = model.bodyOf(job);
    const roles = reachedFrom(model, job).flatMap(({ fact }) => callsIn(fact.body).flatMap((it) => it.roles));
    const read = roles.flatMap((it) => (it.kind === 'read' && it.store !== undefined ? [it.store] : []));
    return { effects, stores: new Set([...effects.map(storeOf), ...read].map((it) => it.toLowerCase())) };
  }),
);

/** A job of a clock looks into such rows and asks the same service: it does what is missing. A webhook stores what was paid for. */
export function isCaughtUp(model: EventModel, first: Part, next: Part): boolean {
  const row = [first, next].find((it) => it.kind === 'row');
  const asked = [first, next].find((it) => it.kind === 'asked');
  if (!row || !asked) return false;
  const store = storeOf(row.effect).toLowerCase();
  const party = partyAsked(model, asked.effect);
  const { role } = first.effect;
  if (role.kind === 'remote' && role.what === 'payment' && storedByWebhooks(model).has(store)) return true;
  return catchingUp(model).some(
    ({ effects, stores }) =>
      stores.has(store) &&
      // What only starts later, or all over again, is the same work.
      !effects.some((it) => it.file === row.effect.file && it.at.start === row.effect.at.start) &&
      effects.some((it) => party !== undefined && partyAsked(model, it) === party),
  );
}

const storedByWebhooks = perModel(
  (model: EventModel): ReadonlySet<string> =>
    new Set(saidOfFiles(model, 'stores that webhooks write', (facts) => storedByWebhooksIn(model, facts))),
);

function storedByWebhooksIn(model: EventModel, { file, functions }: FileFacts): readonly string[] {
  const hooks = functions.filter(
    ({ name, owner = '', body }) =>
      /webhook/i.test(`${name} ${owner}`) ||
      callsIn(body).some(({ call }) => /^constructEvent/.test(calleeName(call.callee) ?? '')),
  );
  const effects = hooks.flatMap((fact) => model.bodyOf({ file, fact }).effects);
  return effects.filter(({ role }) => role.kind === 'write').map((it) => storeOf(it).toLowerCase());
}

function partyAsked({ program }: EventModel, { role, name, file }: Effect): string | undefined {
  if (role.kind === 'write') return undefined;
  if (role.kind === 'publish') return commandSaid(program, file, role.event);
  return role.asks?.split('.')[0] ?? name;
}

function isMade({ role }: Effect): boolean {
  return role.kind === 'write' && role.operation === 'insert';
}

const settingRight =
  /expir|stale|stuck|abandon|clean|purge|reconcil|retry|resend|sync|recover|orphan|time_?out/i;

function setRightBy(model: EventModel, job: FunctionNode): readonly Effect[] {
  return model.bodyOf(job).effects.filter(({ role, via }) => {
    if (role.kind !== 'write' || role.operation === 'insert') return false;
    const isEnd = role.operation === 'delete' || (role.data !== undefined && holdsFailure(role.data));
    return isEnd || [job.fact.name, ...via.map((it) => it.name)].some((it) => settingRight.test(it));
  });
}
