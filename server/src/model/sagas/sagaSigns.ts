// What makes a function a saga: by its steps alone, as other code makes several calls and catches errors too.
import type { FileFacts, FunctionFact, SagaFact } from '../../facts/facts.ts';
import { saidDone, sagaName, takingHold } from '../../facts/sagaWords.ts';
import { mayFollow, startTogether, takesTurns } from '../calls/order.ts';
import type { Effect, StepNode } from '../model.ts';
import { asCallee } from './journals.ts';

/** Whether the steps of a function make it a business transaction over several parties. */
export function isSaga(fact: SagaFact, file: string, steps: readonly StepNode[], facts: FileFacts): boolean {
  const held = steps.filter((it) => it.deed && isHeld(it));
  if (held.length === 0 || steps.filter((it) => it.canFail).length < 2) return false;
  if (held.length > 1 && held.some((it) => it.compensation === 'yes')) return true;
  if (steps.some(isCompensatedElsewhere)) return true;
  const fn = fact.function === undefined ? undefined : facts.functions[fact.function];
  if (fn && !isSequence(fn, steps)) return false;
  // A function without a name is called `saga` for want of a better one.
  const name = fn?.name === '' && fact.name === 'saga' ? '' : fact.name;
  const isNamed =
    sagaName.test(`${name} ${fact.owner ?? ''}`) || /(?:saga|orchestrator)s?\.[cm]?tsx?$/i.test(file);
  if (isNamed && steps.filter((it) => it.deed).length > 1) return true;
  // What an engine keeps and may give up goes by the name under which it is kept.
  const isKept = fact.isGivenUp === true;
  const parties = new Set(held.filter(takesHold).flatMap((it) => (isKept ? [it.name] : partyOf(it))));
  const isConsumer = !isKept && facts.consumers.some((it) => it.handler === fact.function);
  return parties.size > 1 && !isConsumer && held.some((it) => !it.effects.some(isStored));
}

/** Another party is asked to compensate what it was asked for: that is a saga, whatever the command was called that it takes back. */
export function isCompensatedElsewhere({ compensation, effects, undoing }: StepNode): boolean {
  const isAsked = compensation === 'yes' && effects.some((it) => it.role.kind === 'remote' || isCommand(it));
  return isAsked && undoing.some((it) => /^compensat|compensat(?:e|ion)$/i.test(asCallee(it.name)));
}

/** Steps of branches of which one alone runs do not come after each other. */
function isSequence({ body }: FunctionFact, steps: readonly StepNode[]): boolean {
  return steps.some((one, index) =>
    steps.slice(index + 1).some((other) => {
      const [first, then] = [one.at.start, other.at.start];
      if (startTogether(body, first, then)) return false;
      return mayFollow(body, first, then) || takesTurns(body, first, then);
    }),
  );
}

/** What another party keeps, not only a row of one's own. */
function isHeld(step: StepNode): boolean {
  return (
    !step.effects.some(isStored) || step.effects.some((it) => it.role.kind === 'remote' || isCommand(it))
  );
}

function takesHold({ name, deed }: StepNode): boolean {
  const isMade = name === 'create' && deed !== undefined;
  return takingHold.test(isMade ? saidDone(deed.name) : asCallee(name));
}

/** Who holds it: the receiver, or a function that calls another service; a method of one's own says nothing. */
function partyOf({ deed, name, effects }: StepNode): readonly string[] {
  const path = deed?.name ?? name;
  if (path.includes('.')) return [path.slice(0, path.lastIndexOf('.'))];
  return effects.some((it) => it.role.kind === 'remote' || isCommand(it)) ? [path] : [];
}

/** A row of one's own. */
export function isStored({ role }: Effect): boolean {
  return role.kind === 'write';
}

/** A message that asks another party to do something. */
export function isRequest({ role }: Effect): boolean {
  return role.kind === 'publish' && role.isRequest === true;
}

/** One that is answered. */
export function isCommand(effect: Effect): boolean {
  return isRequest(effect) && effect.role.kind === 'publish' && effect.role.isDetached !== true;
}
