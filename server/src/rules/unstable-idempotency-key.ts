// A key that is another one on every delivery recognises no repeat; one that several messages share drops messages.
import { z } from 'zod';
import { messageIdAt } from '../model/idempotency/messageIds.ts';
import { keyFaults, type KeyFault } from '../model/idempotency/messageKeys.ts';
import type { EventModel } from '../model/model.ts';
import type { Fix, Related, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'unstable-idempotency-key',
  severity: 'warning',
  summary:
    'A key by which repeats are known changes from delivery to delivery, or different messages share it',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    for (const fault of keyFaults(model))
      yield fault.kind === 'changing' ? changing(fault, model) : shared(fault);
  },
};

function changing(fault: KeyFault & { kind: 'changing' }, model: EventModel): RuleFinding {
  const { site, by, repeater } = fault;
  const again = repeater ? `each time \`${repeater.name}\` runs` : 'on each call';
  const isElsewhere = by.file !== site.fn.file || by.at.start !== site.key.at.start;
  const origin: Related = {
    file: by.file,
    at: by.at,
    message: `\`${by.name}\` is another value every time.`,
  };
  return {
    file: site.fn.file,
    at: isOneLine(site.key) ? site.key.at : (site.action?.call.at ?? by.at),
    symbol: by.name,
    message: `\`${by.name}\` gives ${subjectOf(fault)} another key ${again}: a repeat is not recognised${harmOf(fault)}.`,
    help: 'Make the key of what stays the same when the message comes again: its id, and what the call is for.',
    ...(isElsewhere && { related: [origin] }),
    fixes: fixesFor(fault, model),
  };
}

function isOneLine({ kind }: KeyFault['site']['key']): boolean {
  return kind !== 'object' && kind !== 'operation';
}

function subjectOf({ site }: KeyFault): string {
  if (site.of === 'guard') return `the check \`${site.name}\``;
  return site.of === 'queue' ? `the message of \`${site.name}\`` : `\`${site.name}\``;
}

function harmOf({ site }: KeyFault): string {
  const role = site.action?.roles.find((it) => it.kind === 'remote');
  if (role?.kind === 'remote' && role.what === 'payment') return ', and the money moves twice';
  return site.of === 'queue' ? ', and the message is sent twice' : '';
}

function shared({ site, by, id, others }: KeyFault & { kind: 'shared' }): RuleFinding {
  const harm = 'the second one is taken for a repeat and dropped';
  return {
    file: site.fn.file,
    at: site.key.at,
    symbol: id,
    message: `${sharedBy({ kind: 'shared', site, by, id, others })}: ${harm}.`,
    help: 'Make the key of the id of the message, or add what the call is for.',
    related: others.map((it) => ({ file: it.fn.file, at: it.key.at, message: 'The same key is used here.' })),
  };
}

function sharedBy(fault: KeyFault & { kind: 'shared' }): string {
  const { site, by, id, others } = fault;
  const [other] = others;
  const another = other && other.name !== site.name ? `\`${other.name}\`` : 'another consumer';
  if (by === 'aggregate') return `\`${id}\` alone is the key of \`${site.name}\`, and of ${another} too`;
  if (by === 'constant') return `\`${id}\` is the key of ${subjectOf(fault)}, whatever message it is for`;
  const sharers = by === 'flow' ? 'all messages of a flow share it' : 'every partition counts it for itself';
  return `\`${id}\` is the key of ${subjectOf(fault)}, but ${sharers}`;
}

/** Where the message's id is at hand, it takes the place of what changes. */
function fixesFor(
  { site, by, repeater }: KeyFault & { kind: 'changing' },
  model: EventModel,
): readonly Fix[] {
  const { consumer } = repeater ?? {};
  const id =
    consumer && by.file === site.fn.file ? messageIdAt(model, consumer, site.fn, by.at.start) : undefined;
  if (id === undefined) return [];
  return [
    {
      title: 'Use the id of the message as the key',
      plan: { kind: 'insert-text', file: by.file, at: by.span, text: id },
      isPreferred: true,
    },
  ];
}
