// Files of which nothing was read, since they are past what an extraction may take.
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { foundInFiles } from '../model/incremental/about.ts';
import type { FilePath } from '../text.ts';
import type { Snapshot } from './snapshot.ts';

interface Skipped {
  readonly file: FilePath;
  readonly reason: string;
}

/** Each with why. */
export function skippedIn({ model }: Snapshot): readonly Skipped[] {
  return foundInFiles(model, 'skipped files', skipped);
}

const skipped = once(({ file, gaps }: FileFacts): readonly Skipped[] => {
  const whole = gaps.find((it) => it.isWholeFile);
  return whole ? [{ file, reason: whole.reason }] : [];
});
