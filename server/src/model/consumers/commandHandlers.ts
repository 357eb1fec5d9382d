// Who handles a command that a hand-written bus of this process hands on: known by the type of what a handler class takes.
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { areSame } from '../../same.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';

const handlerClass = /Handler$/;
const handlerMethod = /^(?:handle|execute|run|invoke|__invoke)$/;

/** `class PlaceOrderHandler { handle(command: PlaceOrder) }`, by the command. */
export function commandHandlersOf(linking: Linking): (command: TypeNode) => readonly FunctionNode[] {
  const handlers = linking.keeper.lookUp(
    'handlers of commands',
    () => byCommand(saidOfFiles(linking, 'handles commands', (facts) => handlersIn(facts, linking))),
    (one, other) => areSame(one, other, (a, b) => a.fact === b.fact),
  );
  return ({ fact }) => handlers(fact) ?? [];
}

/** Whether a file has such a handler by what is written at the class: what it calls is done by whoever sends the command. */
export const handlesCommands = once(({ types }: FileFacts): boolean =>
  types.some(
    ({ decorators, implements: bases }) =>
      decorators.some(({ name }) => name === 'CommandHandler') ||
      bases.some((it) => it.kind === 'ref' && /CommandHandler$/.test(it.name)),
  ),
);

type Handling = readonly [unknown, FunctionNode];

function byCommand(all: readonly Handling[]): ReadonlyMap<unknown, readonly FunctionNode[]> {
  const found = new Map<unknown, FunctionNode[]>();
  for (const [command, handler] of all) found.set(command, [...(found.get(command) ?? []), handler]);
  return found;
}

function handlersIn(facts: FileFacts, { program }: Linking): readonly Handling[] {
  return facts.functions.flatMap((fact): readonly Handling[] => {
    const taken = takenBy(facts, fact);
    const command = taken === undefined ? undefined : program.typeNamed(facts.file, taken);
    return command ? [[command.fact, { file: facts.file, fact }]] : [];
  });
}

/** The type of the only parameter of a handler's method. */
function takenBy(
  { bindings }: FileFacts,
  { kind, name, owner, parameters }: FunctionFact,
): string | undefined {
  const [only, ...others] = parameters;
  const isHandler =
    kind === 'method' && owner !== undefined && handlerClass.test(owner) && handlerMethod.test(name);
  const type = isHandler && only !== undefined && others.length === 0 ? bindings[only]?.type : undefined;
  return type?.kind === 'ref' ? type.name : undefined;
}
