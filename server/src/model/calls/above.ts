// One step up from a function, towards whoever runs it.
import type { EventModel, FunctionNode } from '../model.ts';

/** The function around a callback, and the callers of a named one. */
export function above(model: EventModel, { file, fact }: FunctionNode): readonly FunctionNode[] {
  const around = fact.outer === undefined ? undefined : model.files.get(file)?.functions[fact.outer];
  const callers = model.program.callersOf({ file, fact }).map((it) => it.caller);
  return around && around.kind !== 'module' ? [{ file, fact: around }, ...callers] : callers;
}
