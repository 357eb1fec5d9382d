// Any sequence of edits, saves, renames and changes beside the editor ends where a fresh start begins.
import { assert } from 'fast-check';
import { it } from 'vitest';
import { editsAreFollowed } from './editing.ts';

it('shows after any steps what a fresh start shows', { timeout: 300_000 }, async () => {
  await assert(editsAreFollowed(), {
    seed: Number(process.env['FUZZ_SEED'] ?? 3),
    numRuns: Number(process.env['FUZZ_EDITS'] ?? 15),
  });
});
