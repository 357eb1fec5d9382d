// An event states what happened. A name in the imperative is a command's, and nobody knows whether it may be refused.
import { z } from 'zod';
import { isPayloadName } from '../model/events/evidence.ts';
import { isIdle } from '../model/events/idleEvents.ts';
import { placeOfName } from '../model/events/listings.ts';
import { saidOfEvents } from '../model/incremental/about.ts';
import type { EventModel, EventNode, TypeNode } from '../model/model.ts';
import { capitalised, endingIn, nounAtEnd, pastWords } from '../model/names/betterNames.ts';
import { eventKey, isParticiple, wordsOf } from '../model/names/names.ts';
import { oddTopics } from '../model/names/oddTopics.ts';
import { isOutcome } from '../model/names/outcomes.ts';
import { importersOf } from '../model/resolution/importers.ts';
import type { Place } from '../text.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  verbs: z
    .array(z.string())
    .default([
      'accept',
      'activate',
      'add',
      'allocate',
      'approve',
      'archive',
      'assign',
      'authorize',
      'block',
      'book',
      'calculate',
      'cancel',
      'capture',
      'change',
      'charge',
      'checkout',
      'close',
      'collect',
      'complete',
      'confirm',
      'create',
      'deactivate',
      'deduct',
      'decline',
      'delete',
      'deliver',
      'disable',
      'dispatch',
      'enable',
      'edit',
      'execute',
      'expire',
      'extend',
      'export',
      'finish',
      'find',
      'fulfill',
      'generate',
      'get',
      'import',
      'initialize',
      'initiate',
      'insert',
      'invite',
      'issue',
      'modify',
      'notify',
      'open',
      'pay',
      'purchase',
      'place',
      'prepare',
      'process',
      'provision',
      'publish',
      'reactivate',
      'refund',
      'register',
      'reject',
      'release',
      'remove',
      'renew',
      'request',
      'reserve',
      'reset',
      'resolve',
      'restore',
      'retry',
      'revert',
      'revoke',
      'schedule',
      'save',
      'send',
      'ship',
      'start',
      'submit',
      'subscribe',
      'suspend',
      'sync',
      'transfer',
      'trigger',
      'unassign',
      'unsubscribe',
      'update',
      'upload',
      'validate',
      'verify',
      'void',
      'withdraw',
    ]) // prettier-ignore
    .describe('Verbs that make a name a command where they stand in front: `SendEmail`.'),
});

type Options = z.infer<typeof options>;

/** Of these a bare topic (`orders.creation`) may be a stream of several events: only the plainest are told. */
const plainInTopics = new Set([
  'success',
  'successful',
  'succeed',
  'complete',
  'completion',
  'creation',
  'failure',
  'fail',
  'deletion',
]);

export const rule: Rule<Options> = {
  id: 'non-past-tense-event',
  severity: 'info',
  summary: 'The name of an event does not say what happened',
  hasFix: true,
  options,
  *check({ model, options: { verbs } }) {
    const commands = new Set(verbs);
    const told = saidOfEvents(model, `non-past-tense-event ${verbs.join()}`, (it) =>
      findingsOf(model, it, commands),
    );
    const seen = new Set<string>();
    const own = told.filter(({ of }) => !isIdle(model, of) && !isOutcome(model, of, commands));
    for (const finding of [...own.map((it) => it.said), ...ofOddTopics(model, commands)]) {
      // Two events of one wire name may lead to the same type.
      const place = `${finding.file}:${finding.at.start}`;
      if (!seen.has(place)) yield finding;
      seen.add(place);
    }
  },
};

function* findingsOf(
  model: EventModel,
  event: EventNode,
  commands: ReadonlySet<string>,
): Iterable<RuleFinding> {
  const { declarations } = event;
  for (const declared of declarations) {
    // A schema and the type that is inferred from it are one fault.
    for (const node of [declared, ...model.aliasesOf(declared.fact)]) {
      if (isPayloadName(node.fact.name)) continue;
      const better = betterName(node.fact.name, commands);
      if (better === undefined || !isCertain(event, node)) continue;
      yield ofDeclaration(model, node, better);
      break;
    }
  }
  if (declarations.length > 0) return;
  const better = betterTopic(event.name);
  if (better !== undefined && event.producers.length > 0)
    yield sentence(placeOfTopic(model, event), event.name, better);
}

function* ofOddTopics(model: EventModel, commands: ReadonlySet<string>): Iterable<RuleFinding> {
  for (const { event, better, listed } of oddTopics(model, commands)) {
    if (betterTopic(event.name) !== undefined) continue;
    const { file, at } = listed ?? placeOfTopic(model, event);
    yield sentence({ file, at }, event.name, better);
  }
}

/** Where it is written: by who publishes it, or in a list of topics. */
function placeOfTopic(model: EventModel, event: EventNode): Place {
  for (const { file, role } of event.producers)
    for (const it of [role.event, role.channel]) if (it?.kind === 'string') return { file, at: it.at };
  return placeOfName(model, event);
}

/** A class that is called an event, or a type that is published or handled: no command, which is rightly in the imperative. */
function isCertain({ producers }: EventNode, { fact }: TypeNode): boolean {
  if (/(?:Command|Query|Request|Job|Task)$/.test(fact.name)) return false;
  return (
    /Event(?:V\d+)?$/.test(fact.name) ||
    producers.some((it) => it.role.kind === 'publish' && !it.role.isRequest)
  );
}

/** What a declaration should be called, or undefined where it says what happened, or what it says is not clear. */
function betterName(name: string, commands: ReadonlySet<string>): string | undefined {
  const prefix = /^I(?=[A-Z][a-z])/.exec(name)?.[0] ?? '';
  const suffix = /(?:Integration|Domain)?Event(?:V\d+)?$|V\d+$/.exec(name)?.[0] ?? '';
  const words = wordsOf(name.slice(prefix.length, name.length - suffix.length));
  const [first, ...rest] = words;
  if (first === undefined || rest.length === 0 || words.some(isParticiple)) return undefined;
  const ended = nounAtEnd(words);
  if (ended) {
    const subject = words.slice(0, -ended.noun.split(' ').length);
    return `${prefix}${capitalised([...subject, ...ended.past])}${suffix}`;
  }
  // `publishEventSchema` is what a call is given that publishes any event.
  const isAnyEvent = rest.every((it) => /^(?:event|events|message|schema|type)$/.test(it));
  if (!commands.has(first) || isAnyEvent) return undefined;
  return `${prefix}${capitalised([...rest, ...pastWords(first)])}${suffix}`;
}

/** The same for a topic: only a noun at its end is a fault, for an imperative topic carries a command. */
function betterTopic(name: string): string | undefined {
  const words = eventKey(name).split(' ');
  const ended = nounAtEnd(words);
  if (!ended || !plainInTopics.has(ended.noun) || words.some(isParticiple)) return undefined;
  return endingIn(name, ended.noun, ended.past);
}

function ofDeclaration(model: EventModel, node: TypeNode, better: string): RuleFinding {
  const place = { file: node.file, at: node.fact.at };
  return { ...sentence(place, node.fact.name, better), fixes: renaming(model, node, better) };
}

function sentence(place: Place, name: string, better: string): RuleFinding {
  return {
    ...place,
    symbol: name,
    message: `\`${name}\` is the name of a command or a thing: who reads it cannot tell that it has happened and can't be refused.`,
    help: `Call it \`${better}\`: a noun and the past participle of what was done to it.`,
  };
}

/** The files that may name the type: its own, and those that import it. */
function renaming(model: EventModel, { file, fact }: TypeNode, to: string): readonly Fix[] {
  const users = importersOf(model, fact.name).filter((other) => {
    const imports = model.files.get(other)?.imports ?? [];
    return model.program.typeNamed(other, localName(imports, fact.name))?.fact === fact;
  });
  const files = [...new Set([file, ...users])].sort();
  const isTaken = files.some((it) => model.program.typeNamed(it, to) !== undefined);
  if (isTaken) return [];
  return [{ title: `Rename to ${to}`, plan: { kind: 'rename', name: fact.name, to, files } }];
}

function localName(
  imports: readonly { readonly name: string; readonly local: string }[],
  name: string,
): string {
  return imports.find((it) => it.name === name)?.local ?? name;
}
