// Files of which nothing was read, since they are past what an extraction may take.
import type { FilePath } from '../text.ts';
import type { Snapshot } from './snapshot.ts';

/** Each with why. */
export function skippedIn({
  model,
}: Snapshot): readonly { readonly file: FilePath; readonly reason: string }[] {
  return [...model.files.values()].flatMap(({ file, gaps }) => {
    const whole = gaps.find((it) => it.isWholeFile);
    return whole ? [{ file, reason: whole.reason }] : [];
  });
}
