// `sagalint/facts`: what extraction saw in one file, as people read it.
import { extract } from '../extract/extract.ts';
import { printFacts } from '../facts/print.ts';
import { pathOf } from './convert.ts';
import type { FactsResult } from './protocol.ts';
import type { Session } from './session.ts';

/** The facts of a file, from the text that the editor has. */
export function factsOf(session: Session, uri: string): FactsResult {
  const file = pathOf(uri);
  const text = file === undefined ? undefined : session.textOf(file);
  if (file === undefined || text === undefined) return { text: 'There is no such file on the disk.\n' };
  // What the folder's configuration describes is in the facts of its model.
  const known = session.snapshotOf(file)?.model.files.get(file);
  return { text: printFacts(known ?? extract(file, text), text) };
}
