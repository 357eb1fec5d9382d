// What a workspace keeps of each of its files.
import type { FileFacts } from '../facts/facts.ts';

/** A text, and what came of it so far. A text that changes is another entry. */
export interface Entry {
  readonly text: string;
  readonly isTriggered: boolean;
  /** The facts of the text before: kept when the new ones are equal, so that nothing needs linking. */
  before?: FileFacts;
  /** The text for which names were followed the last time, where it is another. */
  followed?: string;
  facts?: FileFacts;
}
