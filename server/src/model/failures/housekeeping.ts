// Calls that take a connection, session or lock, or give it back: neither the work of a consumer nor help for a failure.
import type { CallAction } from '../../facts/actions.ts';
import { calleeName } from '../fileIndex.ts';

const taking = /^(?:connect|disconnect|release|close|end|endSession|unlock)$/;
const held = /(?:runner|client|conn|connection|session|pool|lock|mutex|tx|trx|transaction)$/i;

/** `await queryRunner.connect()`, `queryRunner.release()`, `session.endSession()`, and the rollback of a transaction. */
export function isHousekeeping({ call: { callee }, roles }: CallAction): boolean {
  if (roles.length > 0) return roles.every((it) => it.kind === 'transaction' && it.phase === 'rollback');
  if (callee.kind !== 'member' || !taking.test(callee.name)) return false;
  return held.test(calleeName(callee.object) ?? '');
}
