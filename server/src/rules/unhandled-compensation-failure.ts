// A compensation may fail too: then somebody must try again, write it down, or call a human, and the others must still run.
import { z } from 'zod';
import { lostCompensations, type Loss, type LostCompensation } from '../model/compensation/compensating.ts';
import type { FloatingCompensation } from '../model/compensation/droppedCalls.ts';
import { floatingCompensations } from '../model/compensation/floatingCompensations.ts';
import { haltedRuns } from '../model/compensation/haltedRuns.ts';
import { skippedCompensations } from '../model/compensation/skippedCompensations.ts';
import { isUndoing } from '../model/compensation/undoing.ts';
import type { EventModel } from '../model/model.ts';
import { commandSaid } from '../model/names/commandNames.ts';
import { journalOf } from '../model/sagas/journals.ts';
import type { Span } from '../text.ts';
import { escalationFixes } from './escalationFixes.ts';
import { keptFindings } from './keptFindings.ts';
import { reactionFindings } from './reactionFindings.ts';
import type { Rule, RuleFinding } from './rule.ts';

const said: Readonly<Record<Loss, { readonly what: string; readonly help: string }>> = {
  floating: {
    what: 'nobody waits for it: its failure is an unhandled rejection, and the process may end before it ran',
    help: 'Await it in a `for … of` with a try of its own, retry it, and record and alert what still fails.',
  },
  'stops-the-others': {
    what: 'when it fails, what comes after it in the catch never runs, and nothing is recorded',
    help: 'Give each compensation a try of its own, retry it, and record and alert what still fails.',
  },
  'only-logged': {
    what: 'its failure is only logged: what it should take back stays done, and nobody is told',
    help: 'Retry it, and then record the saga as stuck and alert somebody, or hand it to a dead-letter queue.',
  },
};

const halting: (typeof said)[Loss] = {
  ...said['stops-the-others'],
  what: 'when it fails, the run through the steps ends there: those before it stay done, and nothing is recorded',
};

const skipping: (typeof said)[Loss] = {
  ...said['stops-the-others'],
  what: 'when it fails, what is taken back after it never runs, and nothing is recorded',
};

/** What a stream would have told is not even an unhandled rejection. */
const streamed: (typeof said)[Loss] = {
  ...said.floating,
  what: 'nobody takes its Observable: when it fails nobody learns of it, and what it should take back stays done',
  help: 'Await it through `lastValueFrom`, in a try of its own; retry it, and record and alert what still fails.',
};

const ignored: (typeof said)[Loss] = {
  ...said['only-logged'],
  what: 'its failure is ignored: what it should take back stays done, and nobody is told',
};

const noting = /^(?:mark|save|update|record|persist)(?![a-z])/;

export const rule: Rule = {
  id: 'unhandled-compensation-failure',
  severity: 'warning',
  summary: 'A compensation that fails is neither retried nor recorded nor brought to a human',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    const all = floatingCompensations(model);
    const floating = new Set(all.flatMap((it) => [it.action, it.undoing]));
    const inEach = all.filter((it) => it.way === 'forEach').toReversed();
    const eachOf = new Map(inEach.map((it) => [it.undoing, it]));
    const findings = keptFindings(model, {
      question: 'findings of lost compensations',
      keyOf,
      findingOf: (it: Told) => findingOf(model, it),
    });
    const told = (lost: LostCompensation, words: (typeof said)[Loss]): RuleFinding =>
      findings({ lost, words, each: eachOf.get(lost.action) });
    // Where awaiting is all that is missing, the rule that says so speaks alone.
    for (const lost of lostCompensations(model))
      if (lost.isLostAnyhow || !floating.has(lost.action)) yield told(lost, wordsFor(lost));
    for (const halted of haltedRuns(model)) yield told(halted, halting);
    for (const first of skippedCompensations(model)) yield told(first, skipping);
    yield* reactionFindings(model, lostCompensations(model));
    for (const { fn, action, isLostAnyhow } of all)
      if (isLostAnyhow)
        yield told({ fn, action, loss: 'floating', isLostAnyhow, isActivity: false }, said.floating);
  },
};

function wordsFor(lost: LostCompensation): (typeof said)[Loss] {
  if (isStreamed(lost)) return streamed;
  return lost.isSilent ? ignored : said[lost.loss];
}

function isStreamed({ action, loss }: LostCompensation): boolean {
  return loss === 'floating' && action.roles.some((it) => it.kind === 'publish' && it.gives === 'observable');
}

interface Told {
  readonly lost: LostCompensation;
  readonly words: (typeof said)[Loss];
  readonly each: FloatingCompensation | undefined;
}

function keyOf({ lost, words, each }: Told): string {
  const { fn, action, loss, by, isActivity, isTriedFirst } = lost;
  const places = [
    fn.file,
    fn.fact.id,
    action.call.at.start,
    by?.at.start,
    each?.fn.file,
    each?.action.call.at.start,
  ];
  return [...places, loss, isActivity, isTriedFirst, words.what].join(' ');
}

function findingOf(model: EventModel, { lost, words: { what, help }, each }: Told): RuleFinding {
  const called = calledIn(model, lost);
  const { fact, file } = lost.fn;
  // What is awaited only writes down that it was done: the function is what takes back.
  const isNoted = lost.by !== undefined && fact.name !== '' && noting.test(called.name);
  const { name, at } = isNoted ? fact : called;
  return {
    file,
    at,
    symbol: name,
    ...(lost.isTriedFirst && lost.loss === 'only-logged' && { severity: 'info' }),
    message: `\`${name}\` takes a step back, and ${what}.`,
    help,
    fixes: isStreamed(lost) ? [] : escalationFixes(model, { lost, name: called.name, each }),
  };
}

/** The topic on which it asks, the service that it asks, or what it calls. */
function calledIn(
  { program }: EventModel,
  { fn, action }: LostCompensation,
): { readonly name: string; readonly at: Span } {
  const { call, roles } = action;
  const published = roles.find((it) => it.kind === 'publish');
  const topics =
    published?.kind === 'publish'
      ? [published.channel ?? published.event, published.event, ...call.args]
      : [];
  // The exchange that some name first says nothing of what is asked.
  const topic = topics.find((it) => isUndoing(commandSaid(program, fn.file, it) ?? '')) ?? topics[0];
  const text = topic && commandSaid(program, fn.file, topic);
  const remote = roles.find((it) => it.kind === 'remote');
  const asked = remote?.kind === 'remote' ? remote.asks : undefined;
  const key = journalOf(action)?.key;
  if (key?.kind === 'string') return { name: key.value, at: key.at };
  const callee = call.callee.kind === 'member' || call.callee.kind === 'name' ? call.callee.name : 'This';
  const isHere = topic?.kind === 'string' || topic?.kind === 'member';
  return { name: text ?? asked ?? callee, at: isHere ? topic.at : call.at };
}
