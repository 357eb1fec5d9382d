// What a command is called by whoever sends it: its text, its class, or the texts of its pattern.
import type { Expr, ObjectEntry } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import type { Program } from '../model.ts';

/** Keys of a pattern that say what is to be done. */
const doing = /^(?:cmd|command|pattern|action|req|request|op|operation|method|topic|event|type|name)$/i;

/** `'reserve-stock'`, `ReserveStock` of `new ReserveStock(…)`, `reserve-stock` of `{ role: 'stock', cmd: 'reserve-stock' }`; else nothing. */
export function commandNamed(program: Program, file: FilePath, event: Expr): string {
  const text = program.stringOf(file, event);
  if (text !== undefined) return text;
  const given = event.kind === 'new' ? undefined : program.objectOf(file, event);
  const entries = given?.object.entries ?? [];
  const telling = entries.filter((it) => doing.test(it.key));
  const said = given && textsOf(program, given.file, telling.length > 0 ? telling : entries);
  return said || pathOf(event.kind === 'new' ? event.callee : event);
}

/** The same where texts say it, and no mere path of a variable. */
export function commandSaid(program: Program, file: FilePath, event: Expr): string | undefined {
  const isPattern = event.kind !== 'new' && program.objectOf(file, event) !== undefined;
  return program.stringOf(file, event) ?? (isPattern ? commandNamed(program, file, event) : undefined);
}

function textsOf(program: Program, file: FilePath, entries: readonly ObjectEntry[]): string {
  return entries.flatMap((it) => program.stringOf(file, it.value) ?? []).join('.');
}
