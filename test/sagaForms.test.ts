// Which question each rule asks of each form of saga, and that the pages of test/sagas ask it: faulty in two spellings at least,
// and sound in one. A page's heading starts with the form.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePage } from './fixture/parse.ts';

const forms = ['Steps', 'Imperative', 'Class', 'Stream', 'Temporal', 'Medusa', 'Process manager'] as const;

/** `asked`: pages show it; `engine`: the engine sees to it; `none`: it means nothing there, or another rule says it. */
type Answer = 'asked' | 'engine' | 'none';

const table: Readonly<Record<string, readonly Answer[]>> = {
  //                                 Steps    Imper.   Class    Stream   Temporal  Medusa    Process manager
  'missing-compensation':           ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'asked' , 'none'],
  'misordered-compensation':        ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'engine', 'none'],
  'unawaited-compensation':         ['asked' , 'asked' , 'asked' , 'asked' , 'asked' , 'asked' , 'asked'],
  'unhandled-compensation-failure': ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'asked' , 'asked'],
  'uncorrelated-saga-event':        ['none'  , 'none'  , 'none'  , 'none'  , 'engine', 'engine', 'asked'],
  'unending-saga':                  ['none'  , 'none'  , 'asked' , 'none'  , 'engine', 'engine', 'asked'],
  'late-compensation':              ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'none'  , 'none'],
  'unpersisted-saga':               ['asked' , 'asked' , 'asked' , 'asked' , 'engine', 'engine', 'asked'],
  'missing-step-timeout':           ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'asked' , 'asked'],
  'non-idempotent-step':            ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'asked' , 'none'],
  'unlogged-step':                  ['asked' , 'asked' , 'asked' , 'none'  , 'engine', 'engine', 'none'],
  'early-irreversible-step':        ['asked' , 'asked' , 'asked' , 'none'  , 'asked' , 'asked' , 'none'],
}; // prettier-ignore

for (const [rule, answers] of Object.entries(table))
  describe(rule, () => {
    const path = `test/sagas/${rule}.md`;
    const { scenarios } = parsePage(path, readFileSync(join(import.meta.dirname, '..', path), 'utf8'));
    test.each(forms.map((form, index) => [form, answers[index]] as const))('%s: %s', (form, answer) => {
      const own = scenarios.filter((it) => it.heading.startsWith(`${form}: `));
      const flagged = own.filter((it) => it.files.some((file) => file.markers.length > 0));
      const counts = { flagged: flagged.length, accepted: own.length - flagged.length };
      if (answer !== 'asked') return expect(counts).toEqual({ flagged: 0, accepted: own.length });
      expect(counts.flagged, 'faulty spellings').toBeGreaterThanOrEqual(2);
      expect(counts.accepted, 'sound spellings').toBeGreaterThanOrEqual(1);
    });
  });
