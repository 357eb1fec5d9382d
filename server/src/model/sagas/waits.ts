// Where a process manager waits for an answer that may never come, and what a reader calls the step.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import type { Place } from '../../text.ts';
import type { Effect, EventModel, EventNode } from '../model.ts';
import type { Sent } from '../producers/sent.ts';
import { processManagersOf, type ProcessManager } from './processManagers.ts';
import { awaits } from './replies.ts';
import { isWaitLimited } from './replyLimits.ts';

export interface EndlessWait extends Place {
  readonly manager: ProcessManager;
  readonly sent: Sent;
  readonly replies: readonly EventNode[];
  /** The step as the saga's own records call it, or what is sent. */
  readonly step: string;
}

/** All commands whose answer somebody waits for without an end. */
export function endlessWaits(model: EventModel): readonly EndlessWait[] {
  return processManagersOf(model).flatMap((manager) => {
    if (manager.stores.size === 0) return [];
    const awaited = awaits(model, manager);
    if (awaited.length === 0 || isWaitLimited(model, manager)) return [];
    return awaited.map((it) => ({ manager, ...it, ...stepAt(model, it.sent) }));
  });
}

type Named = Place & { readonly step: string };

/** The literal by which a saga's step is known, else what names the message. */
function stepAt(model: EventModel, sent: Sent): Named {
  return declaredAt(model, sent.effect) ?? recordedBefore(model, sent) ?? namedAt(model, sent);
}

/** A step that is run by name: `executeStep(saga.id, 'charge-card', …)`. */
function declaredAt(model: EventModel, effect: Effect): Named | undefined {
  for (const { file, at } of [...effect.via, effect]) {
    for (const saga of model.files.get(file)?.sagas ?? []) {
      const step = saga.steps.find((it) => it.span.start <= at.start && at.end <= it.span.end);
      if (step) return { file, at: step.at, step: step.name };
    }
  }
  return undefined;
}

const waiting = /^(?:pending|waiting|awaiting\w*|requested|started|in_?progress|sent|running)$/i;

/** What was written down of the step just before: `createStep(saga.id, 'charge-card', 'PENDING')`. */
function recordedBefore(model: EventModel, { effect }: Sent): Named | undefined {
  const place = effect.via[0] ?? effect;
  for (const { file, at } of [effect, place]) {
    const fn = model.files
      .get(file)
      ?.functions.findLast(
        (it) => it.kind !== 'module' && it.span.start <= at.start && at.end <= it.span.end,
      );
    const before = fn ? [...callsIn(fn.body)].filter((it) => it.call.at.start < at.start) : [];
    for (const action of before.toReversed()) {
      if (action.roles.some((it) => it.kind === 'publish')) break;
      const found = stepIn(model, file, action);
      if (found) return found;
    }
  }
  return undefined;
}

function stepIn(model: EventModel, file: string, { call, roles }: CallAction): Named | undefined {
  if (roles.some((it) => it.kind === 'log')) return undefined;
  const texts = call.args.flatMap((it) => {
    const text = it.kind === 'string' || it.kind === 'member' ? model.program.stringOf(file, it) : undefined;
    return text === undefined ? [] : [{ text, at: it.at }];
  });
  const step = texts.find((it) => !waiting.test(it.text));
  return step && texts.some((it) => waiting.test(it.text))
    ? { file, at: step.at, step: step.text }
    : undefined;
}

function namedAt(model: EventModel, { name, effect, producer }: Sent): Named {
  if (producer) {
    const { channel, event } = producer.role;
    const naming = [channel, event].find((it) => it !== undefined && isName(it));
    const isInCall = naming && isInside(producer.action, naming);
    if (naming && isInCall) return { file: producer.file, at: naming.at, step: name };
    const arg = argumentNaming(model, producer.file, producer.action, name);
    return { file: producer.file, at: arg?.at ?? producer.at, step: name };
  }
  return { file: effect.file, at: effect.at, step: name };
}

function isName({ kind }: Expr): boolean {
  return kind === 'string' || kind === 'member' || kind === 'name' || kind === 'new';
}

function isInside({ call }: CallAction, { at }: Expr): boolean {
  return call.span.start <= at.start && at.end <= call.span.end;
}

function argumentNaming(
  model: EventModel,
  file: string,
  { call }: CallAction,
  name: string,
): Expr | undefined {
  return call.args.find((it) => isName(it) && model.program.stringOf(file, it) === name);
}
