// Which texts are worth parsing at all. Five files in six have none of these words.
import { frameworks } from './frameworks/known.ts';

const idioms = [
  'saga',
  'Saga',
  'compensat',
  'rollback',
  '.refund',
  '.reserve',
  '.charge',
  'orchestrat',
  'Orchestrat',
  'sagalint-',
  'idempoten',
  // Providers of a container: the class behind a token may stand in a file without any of these words.
  'useClass',
  'useExisting',
  'useFactory',
];

const words = new RegExp(
  [...new Set([...frameworks.flatMap((it) => it.triggers), ...idioms])]
    .map((it) => it.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('|'),
);

/** Whether a text has a word of a framework or event idiom; without one nothing in it starts the analysis. */
export function mayMatter(text: string): boolean {
  return words.test(text);
}
