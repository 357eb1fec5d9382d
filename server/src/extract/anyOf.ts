// Looks for plain words in a text.

/** Matches any of the words as they are written; at one place the first of the list. */
export function anyOf(words: readonly string[], flags = ''): RegExp {
  const escaped = [...new Set(words)].map((it) => it.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(escaped.join('|'), flags);
}
