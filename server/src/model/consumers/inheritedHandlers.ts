// Handlers that a base class registers for the class below it, which fills in what the base calls.
import type { CallAction } from '../../facts/actions.ts';
import type { ConsumerFact, FileFacts } from '../../facts/facts.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';

/** What an inherited handler leaves to the class: `handle` of the base calls `this.work(event)`, which is abstract there. */
export function filledIn(
  facts: FileFacts,
  { owner }: ConsumerFact,
  called: FunctionNode,
  { hierarchy }: Linking,
):
  | {
      readonly handler: FunctionNode;
      readonly entry: { readonly caller: FunctionNode; readonly action: CallAction };
    }
  | undefined {
  const type = owner === undefined ? undefined : facts.types.find((it) => it.name === owner);
  if (!type || called.fact.owner === undefined || called.fact.owner === owner) return undefined;
  for (const action of eachAction(called.fact.body)) {
    if (action.kind !== 'call' || action.call.callee.kind !== 'member') continue;
    const { object, name } = action.call.callee;
    const handler =
      object.kind === 'this' ? hierarchy.methodOf({ file: facts.file, fact: type }, name) : undefined;
    if (handler && handler.fact.owner === owner && takesEvent(action))
      return { handler, entry: { caller: called, action } };
  }
  return undefined;
}

function takesEvent({ call }: CallAction): boolean {
  return call.args.length > 0;
}
