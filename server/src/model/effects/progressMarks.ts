// Writes that say how far the work on a row is, and change nothing else: `status: 'processing', startedAt: now`.
import type { Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';

const progress =
  /^(?:(?:in_?)?progress|in_?process|(?:being_?)?process(?:ing|ed)|start(?:ed|ing)|running|sending|working|handling|delivering)$/i;
const state = /^(?:\w*_)?(?:status|state)$|(?:Status|State)$/;
const beside =
  /(?:At|_at|Date)$|^(?:attempts?|tries|retries|(?:attempt|retry)_?count|locked_?by|worker(?:_?id)?|version)$/i;

/** Whether all that a write sets is such a mark. */
export function marksProgress(role: Role): boolean {
  if (role.kind !== 'write' || role.operation === 'insert' || role.operation === 'delete') return false;
  const { data } = role;
  if (data?.kind !== 'object' || data.spreads.length > 0) return false;
  const isMark = data.entries.map(({ key, value }) => isProgress(key, value));
  return isMark.some(Boolean) && data.entries.every(({ key }, index) => isMark[index] || beside.test(key));
}

function isProgress(key: string, value: Expr): boolean {
  if (value.kind === 'literal' && value.text === 'true') return progress.test(key.replace(/^is_?/i, ''));
  if (!state.test(key)) return false;
  if (value.kind === 'string') return progress.test(value.value);
  return value.kind === 'member' && progress.test(value.name);
}
