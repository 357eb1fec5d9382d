// What is lost by a crash, and found again: a job of a clock looks for rows in the state that was stored, and sends what was not sent.
import type { Expr } from '../../facts/expressions.ts';
import { callsIn, partsOf } from '../../facts/walk.ts';
import { levelsTo } from '../calls/handling.ts';
import { stateName } from '../idempotency/transitions.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { producersOf, storeOf } from '../producers/sent.ts';
import { jobsOf } from './clockJobs.ts';
import { reachedFrom } from './redelivered.ts';

/** A row that is stored in a state, and what is sent after that; it holds nothing of a model. */
export interface StoredFirst {
  readonly service: string;
  readonly store: string;
  readonly states: readonly string[];
  readonly sent: Pick<Effect, 'file' | 'at'>;
  readonly event: string | undefined;
}

/** Nothing where a write sets no state that can be read. */
export function storedFirst(
  model: EventModel,
  fn: FunctionNode,
  { write, publish }: { readonly write: Effect; readonly publish: Effect },
): StoredFirst | undefined {
  const call = levelsTo(model, fn, write)?.at(-1)?.action.call;
  const states = call?.args.flatMap((it) => statesIn(it, 0)) ?? [];
  if (states.length === 0) return undefined;
  const { file, at } = publish;
  const event = producersOf(model, publish).at(-1)?.event?.key;
  return { service: model.serviceOf(fn.file), store: storeOf(write), states, sent: { file, at }, event };
}

/** `setInterval(() => this.resume())`, where `resume` asks for the rows in that state and sends the same. */
export function isSentAgain(model: EventModel, stored: StoredFirst): boolean {
  return jobsOf(model).some(
    (job) =>
      model.serviceOf(job.file) === stored.service && sends(model, job, stored) && finds(model, job, stored),
  );
}

function sends(model: EventModel, job: FunctionNode, { sent, event }: StoredFirst): boolean {
  return model.bodyOf(job).effects.some((it) => {
    if (it.role.kind !== 'publish') return false;
    if (it.file === sent.file && it.at.start === sent.at.start) return true;
    return event !== undefined && producersOf(model, it).some((one) => one.event?.key === event);
  });
}

function finds(model: EventModel, job: FunctionNode, { store, states }: StoredFirst): boolean {
  return reachedFrom(model, job).some(({ fact }) =>
    callsIn(fact.body).some(({ roles }) =>
      roles.some((it) => {
        if (it.kind !== 'read' || it.store !== store || it.where?.kind !== 'object') return false;
        const asked = it.where.entries.filter(({ key }) => stateName.test(key));
        return asked.some(({ value }) => tokensIn(value).some((token) => states.includes(token)));
      }),
    ),
  );
}

/** `{ data: { status: 'COMPENSATING' } }` */
function statesIn(expr: Expr, depth: number): readonly string[] {
  if (expr.kind !== 'object' || depth > 3) return [];
  return expr.entries.flatMap(({ key, value }) => {
    if (key === 'where') return [];
    return stateName.test(key) ? tokensIn(value) : statesIn(value, depth + 1);
  });
}

function tokensIn(expr: Expr, depth = 0): readonly string[] {
  if (expr.kind === 'string') return [expr.value.toLowerCase()];
  if (expr.kind === 'member' && /^[A-Z]/.test(expr.name)) return [expr.name.toLowerCase()];
  return depth > 4 ? [] : partsOf(expr).flatMap((it) => tokensIn(it, depth + 1));
}
