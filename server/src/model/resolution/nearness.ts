// One event can be published in many places of a workspace; the evidence a reader wants first is the nearest.
import type { FilePath, Place } from '../../text.ts';

/** The places in the order of how much of their path they share with a file, the longest share first; ties keep their order. */
export function nearestFirst<T extends Pick<Place, 'file'>>(
  file: FilePath,
  places: readonly T[],
): readonly T[] {
  const shares = new Map(places.map((it) => [it, sharedFolders(file, it.file)]));
  return places.toSorted((a, b) => (shares.get(b) ?? 0) - (shares.get(a) ?? 0));
}

/** How many folders two paths have in common from the root on; the same file counts one more. */
function sharedFolders(one: FilePath, other: FilePath): number {
  const left = one.split('/');
  const right = other.split('/');
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}
