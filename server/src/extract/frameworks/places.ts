// Where patterns say that something stands, and whether a name is the one they mean.
import type { Expr } from '../../facts/expressions.ts';
import type { FileView } from '../fileView.ts';
import { told } from './messages.ts';

/** Where something stands in the arguments: `0`, or `0.topic` for an entry of the first one, `0.Entries.0.DetailType` through arrays. */
export type Argument = number | string;

/** `eventBus` is called `this.eventBus`, `_eventBus` or is of type `EventBus`. */
export function sameName(said: string, wanted: string): boolean {
  return said.replace(/^[_#]+/, '').toLowerCase() === wanted.toLowerCase();
}

/** The expression at a place of the arguments, behind names. */
export function argumentAt(view: FileView, args: readonly Expr[], place: Argument): Expr | undefined {
  const [first = '0', ...rest] = String(place).split('.');
  let found = args[Number(first)];
  for (const key of rest) {
    const value: Expr | undefined = found && view.valueOf(found);
    if (value?.kind === 'array') found = value.items[Number(key)];
    else if (value?.kind === 'object')
      found = value.entries.find((it) => it.key === key)?.value ?? view.entryOf(value, key);
    else found = undefined;
  }
  return found && (found.kind === 'name' ? told(view, found) : found);
}
