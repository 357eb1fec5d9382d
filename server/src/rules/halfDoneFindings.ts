// What missing-compensation says of work that stays half done in one of two services, and of what takes back the wrong half.
import type { AskedInARow } from '../model/compensation/askedInARow.ts';
import type { DeniedCharge } from '../model/compensation/deniedCharges.ts';
import type { HalfDone } from '../model/compensation/halfDone.ts';
import type { OtherUndoing } from '../model/compensation/otherUndoings.ts';
import type { Part } from '../model/compensation/seenTo.ts';
import type { StrandedRow } from '../model/compensation/strandedRows.ts';
import { pathOf } from '../model/effects/effects.ts';
import { calleeName } from '../model/fileIndex.ts';
import type { RuleFinding } from './rule.ts';

/** Somebody may try again, or look for what was left. */
export function halfDoneOf({ file, first, next }: HalfDone): RuleFinding {
  const [did, does] = [calledIn(first), calledIn(next)];
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

/** The names alone say that money is taken, and that the catch speaks of it. */
export function deniedOf({
  file,
  charge,
  next,
  denied,
  command,
  nextCommand,
  deniedBy,
}: DeniedCharge): RuleFinding {
  const [called, after] = [charge, next].map(({ call }) => calleeName(call.callee) ?? '');
  const name = command ?? called;
  const then = nextCommand ?? after;
  const said = denied.kind === 'return' ? 'return' : (deniedBy ?? calleeName(denied.call.callee) ?? '');
  return {
    file,
    at: charge.call.at,
    symbol: name ?? '',
    severity: 'warning',
    message: `When \`${then}\` fails after \`${name}\` went through, the catch says that it failed (\`${said}\`), and nothing takes it back.`,
    help: `Catch the failure of \`${name}\` by itself, and ${command ? 'take it back' : 'refund it'} where what comes after it can't be repeated until it succeeds.`,
    related: [
      { file, at: next.call.at, message: `\`${then}\` can fail.` },
      ...(denied.kind === 'return'
        ? [{ file, at: denied.at, message: 'This is answered then.' }]
        : [{ file, at: denied.call.at, message: `\`${said}\` runs then.` }]),
    ],
  };
}

/** That it is not taken back is known by names alone. */
export function otherOf({ step, deed, did, others, next }: OtherUndoing): RuleFinding {
  const said = others.map((it) => `\`${it}\``).join(', ');
  return {
    file: deed.file,
    at: deed.at,
    symbol: did,
    severity: 'info',
    message: `When a later step fails, nothing takes back what \`${did}\` did: its compensation takes back other things (${said}).`,
    help: `Take back what \`${did}\` did in its compensation, too.`,
    related: [
      { file: step.file, at: step.at, message: 'The step stands here.' },
      { file: next.file, at: next.at, message: `\`${next.name}\` can fail.` },
    ],
  };
}

/** Who hears of the request may find out by itself that the flow has ended. */
export function askedOf({ file, first, name, next, then }: AskedInARow): RuleFinding {
  return {
    file,
    at: first.call.at,
    symbol: name,
    severity: 'info',
    message: `When \`${then}\` can't be sent after \`${name}\`, the catch only notes it, and nothing takes back what \`${name}\` asked for.`,
    help: `Ask to take it back in the catch, as is done elsewhere, or write all of the requests into an outbox at once.`,
    related: [{ file, at: next.call.at, message: `\`${then}\` can fail.` }],
  };
}

/** Somebody may look for what was left, and the failure may be heard elsewhere. */
export function strandedOf({ failure, failed, row, announced }: StrandedRow): RuleFinding {
  return {
    file: row.file,
    at: row.at,
    symbol: row.name.split('.').at(-1) ?? '',
    severity: 'info',
    message: `When \`${failure.name}\` comes, nobody changes what \`${row.name}\` stored before \`${announced.name}\`: it stays as it is.`,
    help: `Handle \`${failure.name}\` in this service: take the row back, or mark it as failed.`,
    related: [{ file: failed.file, at: failed.at, message: `\`${failure.name}\` is published here.` }],
  };
}

/** The command, what the address of a request asks for, else the whole path of what is called: `create` alone says of no table. */
function calledIn({ command, action, effect: { role, via } }: Part): string {
  const asked = role.kind === 'remote' && via.length === 0 ? role.asks : undefined;
  return command ?? asked ?? pathOf(action.call.callee);
}
