// Runners that take a step by name (`executeStep('charge-card', …)`) and undo, when one fails, whatever they remember by name.
import type { StepFact } from '../../facts/facts.ts';
import { sagaName } from '../../facts/sagaWords.ts';
import type { FilePath } from '../../text.ts';
import { isUndoing, undoes } from '../compensation/undoing.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { Effect, FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import type { Reading } from './deeds.ts';

/**
 * `no` only where the runner and all it does about a failure can be read, nothing there reaches beyond its own records, and neither
 * the step's name nor a call that takes the step back stands anywhere else.
 */
export function runnerUndoes(file: FilePath, step: StepFact, reading: Reading): 'no' | 'unknown' {
  const { linking } = reading;
  const runners = step.runner ? linking.calls.callees(file, step.runner) : [];
  if (step.isNamedElsewhere || runners.length === 0) return 'unknown';
  const crew = runners.flatMap((it) => companionsOf(it, linking));
  const undoers = crew.filter((it) => isUndoing(it.fact.name));
  const isSaga = crew.some((it) => sagaName.test(`${it.fact.owner ?? ''} ${it.fact.name}`));
  if (!isSaga || undoers.some((it) => reachesOut(it, reading))) return 'unknown';
  if (isMentioned(step, file, linking) || isTakenBack(step, file, crew, reading)) return 'unknown';
  return 'no';
}

/** The methods of the runner's class. */
function companionsOf({ file, fact }: FunctionNode, { files }: Linking): readonly FunctionNode[] {
  const facts = files.get(file);
  const own = facts?.functions.filter((it) => (fact.owner ? it.owner === fact.owner : it === fact)) ?? [];
  return own.map((it) => ({ file, fact: it }));
}

/** A call elsewhere, a command, or code that is looked up by name: it may take back any step. */
function reachesOut(fn: FunctionNode, { bodyOf }: Reading): boolean {
  const isLookedUp = [...eachAction(fn.fact.body)].some(
    (it) => it.kind === 'call' && it.call.callee.kind === 'member' && it.call.callee.name === '[]',
  );
  const reaches = ({ role }: Effect): boolean =>
    role.kind === 'remote' || (role.kind === 'publish' && role.isRequest === true);
  return isLookedUp || bodyOf(fn).effects.some(reaches);
}

/** Whether the step's name stands in another file: a switch over names, a map of compensations, a topic made of it. */
function isMentioned({ name }: StepFact, file: FilePath, { files }: Linking): boolean {
  for (const facts of files.values())
    if (facts.file !== file && holdsText(facts.functions, name)) return true;
  return false;
}

function holdsText(value: unknown, text: string): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && value.includes(text);
  return Object.values(value).some((it) => holdsText(it, text));
}

/** Whether the saga's file, the runner, or what reacts to an event calls what would take the step back. */
function isTakenBack(
  { name }: StepFact,
  file: FilePath,
  crew: readonly FunctionNode[],
  { linking }: Reading,
): boolean {
  const own = linking.files.get(file)?.functions.map((fact) => ({ file, fact })) ?? [];
  return [...own, ...crew, ...reactions(linking)].some(({ fact }) =>
    [...eachAction(fact.body)].some(
      (it) =>
        it.kind === 'call' &&
        calleeName(it.call.callee) !== undefined &&
        undoes(pathOf(it.call.callee), name),
    ),
  );
}

function reactions({ files, calls }: Linking): readonly FunctionNode[] {
  return [...files.values()].flatMap((facts) =>
    facts.consumers.flatMap(({ handler, isRequest }): readonly FunctionNode[] => {
      if (isRequest) return [];
      if (typeof handler !== 'number') return calls.functionsOf(facts.file, handler);
      const fact = facts.functions[handler];
      return fact ? [{ file: facts.file, fact }] : [];
    }),
  );
}
