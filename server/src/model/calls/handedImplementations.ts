// Which of several implementations an object was made with: `new Runner(channel, new ReadModel(pool))` runs no other.
import type { CallAction } from '../../facts/actions.ts';
import type { FilePath } from '../../text.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { madeWith } from '../resolution/madeWith.ts';
import { classAt } from '../resolution/values.ts';

/**
 * Of the methods behind `this.consumer.consume(…)` those of the classes that the object is made with, wherever that is.
 * All of them where a container or a subclass makes it, or where it can't be read what is handed in. It is asked of the callees of a
 * call and not among them: to know who makes the object is to know callees.
 */
export function handedImplementations(
  file: FilePath,
  { call: { callee } }: CallAction,
  methods: readonly FunctionNode[],
  linking: Linking,
): readonly FunctionNode[] {
  const object = methods.length > 1 && callee.kind === 'member' ? callee.object : undefined;
  if (callee.kind !== 'member' || object?.kind !== 'member' || object.object.kind !== 'this') return methods;
  const handed = handedTo(file, object.name, object.at.start, linking);
  if (!handed) return methods;
  const run = new Set(handed.map((it) => linking.program.methodOf(it, callee.name)?.fact));
  const left = methods.filter((it) => run.has(it.fact));
  return left.length > 0 ? left : methods;
}

/** The classes that a member of the class around is made with; undefined where one of them is not known. */
function handedTo(
  file: FilePath,
  member: string,
  offset: number,
  { files, program, calls }: Linking,
): readonly TypeNode[] | undefined {
  const facts = files.get(file);
  const fact = facts && classAt(facts, offset);
  const isContainers = fact?.kind === 'class' && fact.decorators.length > 0;
  if (!facts || !fact || isContainers || program.subtypesOf({ file, fact }).length > 0) return undefined;
  const made = madeWith(facts, { file, fact }, member);
  if (!made || made.path.length > 0) return undefined;
  const handed: TypeNode[] = [];
  for (const { caller, action } of calls.callersOf(made.fn)) {
    const arg = action.call.args[made.index];
    const type = arg && calls.typing.typeOf(caller.file, arg);
    if (type?.fact.kind !== 'class' || type.fact.isAbstract === true) return undefined;
    handed.push(type);
  }
  return handed.length > 0 ? handed : undefined;
}
