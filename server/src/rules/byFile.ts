// Findings by the file that they stand in.
import type { FilePath } from '../text.ts';
import type { Finding } from './rule.ts';

/** In the order in which the first of each file comes. */
export function byFile(findings: readonly Finding[]): ReadonlyMap<FilePath, Finding[]> {
  const map = new Map<FilePath, Finding[]>();
  for (const it of findings) {
    const list = map.get(it.file);
    if (list) list.push(it);
    else map.set(it.file, [it]);
  }
  return map;
}
