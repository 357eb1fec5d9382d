// A message crosses the boundary as JSON: what JSON can't write arrives as something else, or not at all.
import { z } from 'zod';
import { isIdle } from '../model/events/idleEvents.ts';
import { saidOfEvents } from '../model/incremental/about.ts';
import {
  localBases,
  lostFields,
  mayTravel,
  type Loss,
  type LostField,
} from '../model/messages/serializing.ts';
import type { EventNode } from '../model/model.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'unserializable-payload',
  severity: 'warning',
  summary: 'An event carries a field that does not survive JSON',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    const seen = new Set<string>();
    const isLocal = localBases(model);
    const found = saidOfEvents(model, 'unserializable-payload', (event) =>
      mayTravel(model, event, isLocal) ? lostFields(model, event).map((it) => findingOf(event, it)) : [],
    );
    for (const { said: finding } of found.filter(({ of }) => !isIdle(model, of))) {
      const place = `${finding.file}:${finding.at.start}`;
      if (seen.has(place)) continue;
      seen.add(place);
      yield finding;
    }
  },
};

const becomes: Readonly<Record<Loss, string>> = {
  bigint: 'is a bigint, and `JSON.stringify` throws on it',
  symbol: 'is a symbol, which JSON leaves out',
  function: 'is a function, which JSON leaves out',
  Map: 'is a `Map`, which JSON writes as `{}`',
  Set: 'is a `Set`, which JSON writes as `{}`',
  Date: 'is a `Date`, and arrives as a string',
  undefined: 'holds `undefined` in an array, which arrives as `null`',
  instance: 'is an instance with methods, and arrives as plain data without them',
};
const instead: Readonly<Record<Loss, string>> = {
  bigint: 'Carry it as a string.',
  symbol: 'Carry a string.',
  function: 'Carry the data that the consumer needs, and leave the behaviour to it.',
  Map: 'Carry an object or an array of entries.',
  Set: 'Carry an array.',
  Date: 'Declare it as an ISO 8601 string, and convert it where it is published.',
  undefined: 'Leave the missing items out, or say `null`.',
  instance: 'Carry its data as a plain type.',
};

function findingOf(event: EventNode, { field, loss, path, type }: LostField): RuleFinding {
  return {
    file: field.file,
    at: field.member.at,
    symbol: field.name,
    message: `\`${path}\` of \`${event.name}\` ${becomes[loss]}.`,
    help: instead[loss],
    related: type
      ? [{ file: type.file, at: type.fact.at, message: `\`${type.fact.name}\` is declared here.` }]
      : [],
    ...(loss === 'Date' ? { severity: 'info' } : {}),
  };
}
