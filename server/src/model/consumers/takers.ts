// Functions that work through what another one fetches from a broker: `for (const message of await this.queue.receive())`.
import type { CallAction } from '../../facts/actions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { calleeName } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** Whoever gives on what it was given is asked for its own callers, and so on. */
const mostHops = 3;

/** Who works through what a function gives; none where that only goes on from hand to hand. */
export function takersOf(giver: FunctionNode, linking: Linking, hops = mostHops): readonly FunctionNode[] {
  const takers = new Map<FunctionFact, FunctionNode>();
  for (const { caller } of linking.calls.callersOf(giver)) {
    const { kind, name, body } = caller.fact;
    if (kind === 'module' || name === '' || caller.fact === giver.fact) continue;
    const isGiven = actionsIn(body).some((it) => it.kind === 'return' && it.value);
    const works =
      actionsIn(body).some((it) => it.kind === 'loop') || (!isGiven && callsIn(body).some(runsThrough));
    const found = works ? [caller] : isGiven && hops > 1 ? takersOf(caller, linking, hops - 1) : [];
    for (const it of found) takers.set(it.fact, it);
  }
  return [...takers.values()];
}

/** `messages.map((message) => this.handle(message))`. */
function runsThrough({ call }: CallAction): boolean {
  return /^(?:map|forEach|flatMap)$/.test(calleeName(call.callee) ?? '') && call.args.length > 0;
}
