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
  const form = new RegExp(`^${words.map((it) => (it === '' ? '.+' : escaped(it))).join(' ')}$`);
  return [...keys].filter((it) => form.test(it));
}

/** Parts as words, wildcards as nothing. */
function partsOf(name: string): readonly string[] {
  return name.split(/[.:/]/).map((it) => (/^(?:\*{1,2}|#|>)$/.test(it) ? '' : eventKey(it)));
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
