// An RxJS stream ends with its first error: from then on no event is handled, and nothing tells.
import { z } from 'zod';
import { fragileParts, type FragilePart } from '../model/failures/eventStreams.ts';
import type { Fix, Rule } from './rule.ts';

export const rule: Rule = {
  id: 'fragile-event-stream',
  severity: 'warning',
  summary: 'A stream of events has no catch inside, so the first error ends it and no later event is handled',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    for (const part of fragileParts(model)) {
      const { fn, at, danger, operator, stream } = part;
      const what = danger.name === 'throw' ? 'a throw' : `a failure of \`${danger.name}\``;
      yield {
        file: fn.file,
        at,
        symbol: part.isSaga ? stream : operator,
        message: `In \`${operator}\` ${what} ends the stream \`${stream}\`: no later event is handled until a restart.`,
        help: 'Catch inside the inner stream, so that the outer one goes on with the next event.',
        related: [{ file: danger.file, at: danger.at, message: 'This may fail, and nothing catches it.' }],
        fixes: fixesFor(part),
      };
    }
  },
};

/** Where the operator's function gives a value and not a stream, there is nothing to catch in. */
function fixesFor({ fn, at, isInner, isInline }: FragilePart): readonly Fix[] {
  if (!isInner || !isInline) return [];
  return [
    {
      title: 'Catch the error inside',
      plan: { kind: 'catch-inside', target: { file: fn.file, at } },
      isPreferred: true,
    },
  ];
}
