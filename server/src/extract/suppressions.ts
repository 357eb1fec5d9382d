// Suppression comments: `// sagalint-disable-next-line RULE, RULE -- reason`, and the like.
import { table } from '../table.ts';
import type { SuppressionFact } from '../facts/facts.ts';

const comment = /(?:\/\/|\/\*)[ \t]*(sagalint-[a-z-]+):?(?=[\s*]|$)([^\n\r]*?)(?:\*\/|$)/gm;

const forms: Readonly<Record<string, SuppressionFact['form']>> = table({
  'sagalint-disable-next-line': 'next-line',
  'sagalint-disable-line': 'line',
  'sagalint-disable-file': 'file',
  'sagalint-disable': 'disable',
  'sagalint-enable': 'enable',
});

/** Reads the suppressions of a text. A string literal that contains such a comment counts too; nobody writes one. */
export function readSuppressions(text: string): readonly SuppressionFact[] {
  if (!text.includes('sagalint-')) return [];
  return [...text.matchAll(comment)].map((match) => {
    const form = forms[match[1] ?? ''] ?? 'unknown';
    const [names = '', ...reason] = (match[2] ?? '').split(/\s--\s/);
    const rules = names.split(/[\s,]+/).filter(Boolean);
    const at = { start: match.index, end: match.index + match[0].length };
    return { at, form, rules, ...(reason.length > 0 ? { reason: reason.join(' -- ').trim() } : {}) };
  });
}
