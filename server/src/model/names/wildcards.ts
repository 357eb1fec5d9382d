// Names that stand for many: `order.*`, `order.#`, `order.>`, `order.**` of topic exchanges, subjects and emitters.
import { eventKey } from './names.ts';

const wildcard = /(?:^|[.:/])(?:\*{1,2}|#|>)(?=$|[.:/])/;

/** Whether a name has a part that stands for any word. */
export function isWildcard(name: string): boolean {
  return wildcard.test(name);
}

/** Whether a name stands for whatever travels there: `#`, `*`, `>`. */
export function isAll(name: string): boolean {
  return partsOf(name).every((it) => it === '');
}

/** The keys that a name with wildcards means: `order.*` means `order placed`. */
export function matching(name: string, keys: Iterable<string>): readonly string[] {
  const words = partsOf(name);
  if (isAll(name)) return [];
  const pieces = words
    .map((it) => (it === '' ? '\0' : it))
    .join(' ')
    .split('\0');
  return [...keys].filter((it) => fits(it, pieces));
}

/**
 * Whether a key is these pieces with something between each two. Each is taken where it comes first: a regular expression
 * would try all places, which a name of many wildcards makes endless.
 */
function fits(key: string, pieces: readonly string[]): boolean {
  const [first = '', last = ''] = [pieces.at(0), pieces.at(-1)];
  if (pieces.length < 2) return key === first;
  if (!key.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = key.indexOf(piece, at + 1);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return key.length - last.length > at && key.endsWith(last);
}

/** Parts as words, wildcards as nothing. */
function partsOf(name: string): readonly string[] {
  return name.split(/[.:/]/).map((it) => (/^(?:\*{1,2}|#|>)$/.test(it) ? '' : eventKey(it)));
}
