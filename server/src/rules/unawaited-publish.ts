// A publish fails later than the line that starts it: who does not wait for it never learns that the event is lost.
import { z } from 'zod';
import type { Expr } from '../facts/expressions.ts';
import { pathOf } from '../model/effects/effects.ts';
import type { EventModel, FunctionNode, ProducerNode } from '../model/model.ts';
import { canAwait, lostPublishes, type LostPublish } from '../model/producers/lostPublishes.ts';
import { producersOf } from '../model/producers/sent.ts';
import type { Fix, Related, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'unawaited-publish',
  severity: 'warning',
  summary: 'A publish is neither awaited nor returned, so nobody learns of its failure',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    for (const lost of lostPublishes(model)) yield findingOf(model, lost);
  },
};

function findingOf(model: EventModel, lost: LostPublish): RuleFinding {
  const { fn, action } = lost;
  const path = pathOf(action.call.callee);
  return {
    file: fn.file,
    at: action.call.at,
    symbol: path.slice(path.lastIndexOf('.') + 1),
    message: messageFor(lost, path, eventOf(model, lost)),
    help: helpFor(lost),
    related: relatedTo(lost),
    fixes: fixesFor(lost),
  };
}

function messageFor({ gives, how, role, dropper }: LostPublish, path: string, event: string): string {
  const kind = { promise: 'promise', observable: 'Observable', confirm: 'confirm' }[gives];
  const loss = `when it fails, ${event} is lost and the caller goes on`;
  if (dropper === '' && how === 'deferred')
    return `Nobody waits for the function that awaits \`${path}\`: ${loss}.`;
  if (how === 'looped' || how === 'deferred')
    return `\`${dropper ?? how}\` does not wait for the ${kind} of \`${path}\`: ${loss}.`;
  if (how === 'awaited') return `\`await\` does not wait for the ${kind} of \`${path}\`: ${loss}.`;
  if (gives === 'observable' && role?.isRequest)
    return `Nobody subscribes to the ${kind} of \`${path}\`: ${event} is never sent.`;
  return `Nobody waits for the ${kind} of \`${path}\`: ${loss}.`;
}

function helpFor({ gives, how, dropper }: LostPublish): string {
  if (how === 'looped' && dropper !== 'forEach')
    return `Await \`Promise.all(…)\` of what \`${dropper ?? 'map'}\` gives.`;
  if (how === 'looped') return 'Write `for (… of …)` and await it inside.';
  if (how === 'deferred') return 'Await it in the function itself, or catch its failure in the callback.';
  if (gives === 'promise') return 'Await it, return it, or give it a `catch`.';
  return gives === 'confirm'
    ? 'Await `waitForConfirms()` of the channel, or hand `publish` a callback.'
    : 'Await `lastValueFrom(…)` of it, return it, or subscribe with an error handler.';
}

function eventOf(model: EventModel, { fn, producer, role, wrapper }: LostPublish): string {
  const said = producer?.event?.name ?? (role && model.program.stringOf(fn.file, role.event));
  const name = said ?? (role && nameFrom(model, fn, role.event)) ?? nameWithin(model, wrapper);
  return name === undefined ? 'the event' : `\`${name}\``;
}

/** The one event that a wrapper names itself. */
function nameWithin(model: EventModel, wrapper: FunctionNode | undefined): string | undefined {
  const effects = wrapper ? model.bodyOf(wrapper).effects : [];
  return onlyName(effects.flatMap((it) => (it.role.kind === 'publish' ? producersOf(model, it) : [])));
}

/** `order.pullEvents()`: the one event that the class of the order announces. */
function nameFrom(model: EventModel, { file }: FunctionNode, event: Expr): string | undefined {
  if (event.kind !== 'call' || event.callee.kind !== 'member') return undefined;
  const type = model.program.typeOf(file, event.callee.object);
  const isOwn = ({ fn }: ProducerNode): boolean => fn.file === type?.file && fn.fact.owner === type.fact.name;
  return onlyName(model.producers.filter(isOwn));
}

function onlyName(producers: readonly ProducerNode[]): string | undefined {
  const [name, ...others] = new Set(producers.flatMap((it) => it.event?.name ?? []));
  return others.length === 0 ? name : undefined;
}

function relatedTo({ wrapper, awaitedAt }: LostPublish): readonly Related[] {
  if (awaitedAt) return [{ ...awaitedAt, message: 'Here it is awaited.' }];
  if (!wrapper) return [];
  const { file, fact } = wrapper;
  return [{ file, at: fact.at, message: `\`${fact.name}\` hands on the failure.` }];
}

const throughOf = { promise: undefined, observable: 'lastValueFrom', confirm: 'waitForConfirms' } as const;

/** In a callback whose promise is dropped one more `await` would wait for nothing. */
function fixesFor({ fn, action, gives, dropper }: LostPublish): readonly Fix[] {
  if (dropper !== undefined || !canAwait(fn.fact, action)) return [];
  const { isAsync, name } = fn.fact;
  const through = throughOf[gives];
  const how = through ? `Await it with ${through}` : 'Await it';
  const where = name === '' ? 'the function' : name;
  return [
    {
      title: isAsync ? how : `${how} and make ${where} async`,
      plan: {
        kind: 'await-call',
        target: { file: fn.file, at: action.call.at },
        ...(through && { through }),
      },
      isPreferred: true,
      ...(isAsync && { isSafe: true }),
    },
  ];
}
