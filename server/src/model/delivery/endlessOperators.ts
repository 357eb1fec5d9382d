// `retry()` of RxJS without a number or a delay, behind what asks or tells another service: `client.send(…).pipe(retry())`.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FunctionNode } from '../model.ts';

/** Whether a call makes the operator that tries for ever what is sent or asked; a stream that is only listened to may be opened again. */
export function isEndlessOperator({ fact }: FunctionNode, { roles, call }: CallAction): boolean {
  if (!roles.some((it) => it.kind === 'retry' && it.isEndless)) return false;
  const calls = callsIn(fact.body);
  const isPiped = (it: Expr): boolean => it.kind === 'call' && it.span.start === call.span.start;
  return calls.some(({ call: { callee, args } }) => {
    if (callee.kind !== 'member' || callee.name !== 'pipe' || !args.some(isPiped)) return false;
    const sent = callee.object;
    const own = sent.kind === 'call' ? calls.find((it) => it.call.span.start === sent.span.start) : undefined;
    return own?.roles.some((it) => it.kind === 'publish' || it.kind === 'remote') ?? false;
  });
}
