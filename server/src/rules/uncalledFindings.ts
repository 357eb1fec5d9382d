// How a rule tells of compensations that never run: nobody sends what they wait for, or nobody calls them.
import type { DeadUndoing } from '../model/compensation/deadUndoings.ts';
import type { UncalledUndoing } from '../model/compensation/uncalledUndoings.ts';
import type { RuleFinding } from './rule.ts';

/** A consumer takes back what another did, and nobody publishes what it takes. */
export function uncalledOf({ undoing, unsent, holding, sent }: UncalledUndoing): RuleFinding {
  return {
    file: undoing.file,
    at: undoing.at,
    symbol: undoing.name,
    severity: 'warning',
    message: `\`${undoing.name}\` takes back what \`${holding.name}\` did when \`${sent.name}\` came, but nobody publishes \`${unsent.name}\`: it stays done.`,
    help: `Publish \`${unsent.name}\` where the flow ends without success: when a later step fails or is cancelled, or no answer comes.`,
    related: [{ file: holding.file, at: holding.at, message: `\`${holding.name}\` does it here.` }],
  };
}

/** A function gives back what another one took, and nobody calls it. */
export function deadOf({ undoing, holding, caller, action }: DeadUndoing): RuleFinding {
  const [back, forth] = [undoing.fact.name, holding.fact.name];
  return {
    file: caller.file,
    at: action.call.at,
    symbol: forth,
    severity: 'warning',
    message: `\`${back}\` gives back what \`${forth}\` takes, and nobody calls it: when what comes after fails, it stays taken.`,
    help: `Call \`${back}\` where the flow ends without success: when a later step fails or is cancelled, or no answer comes.`,
    related: [{ file: undoing.file, at: undoing.fact.at, message: `\`${back}\` would give it back.` }],
  };
}
