// What missing-compensation says of work that stays half done in one of two services.
import type { HalfDone } from '../model/compensation/halfDone.ts';
import type { Part } from '../model/compensation/leftAfter.ts';
import { calleeName } from '../model/fileIndex.ts';
import type { RuleFinding } from './rule.ts';

/** Somebody may try again, or look for what was left. */
export function halfDoneOf({ file, first, next }: HalfDone): RuleFinding {
  const did = calledIn(first);
  const does = calledIn(next);
  return {
    file,
    at: first.action.call.at,
    symbol: calleeName(first.action.call.callee) ?? '',
    severity: 'info',
    message: `When \`${does}\` fails after \`${did}\`, nothing takes back what \`${did}\` did: it stays half done in two services.`,
    help:
      first.kind === 'row'
        ? `Take the row back where \`${does}\` fails, store it as pending until then, or tell the other service by an outbox.`
        : `Do \`${did}\` last, or take it back where \`${does}\` fails.`,
    related: [{ file, at: next.action.call.at, message: `\`${does}\` can fail.` }],
  };
}

/** The command by its name, else what is called. */
function calledIn({ command, action }: Part): string {
  return command ?? calleeName(action.call.callee) ?? '';
}
