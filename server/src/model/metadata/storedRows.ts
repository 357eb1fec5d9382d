// What is known of a row that a library gives back when it is stored: `const guest = await prisma.guest.create({ data: { name } })`.
import type { CallExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { entryOf } from '../resolution/values.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import type { EventModel } from '../model.ts';

/** Calls of libraries that give the row that they store. */
const givesRow = /^(?:create|save)$/;

/** The keys that a new row is made with, where a call stores one and gives it back; undefined for any other call. */
export function keysOfStored(
  { files, program }: EventModel,
  file: FilePath,
  call: CallExpr,
): readonly string[] | undefined {
  const name = calleeName(call.callee) ?? '';
  const facts = files.get(file);
  if (!facts || !givesRow.test(name) || program.functionsOf(file, call.callee).length > 0) return undefined;
  const site = indexOf(facts)
    .calls.get(name)
    ?.find(({ action }) => action.call.at.start === call.at.start);
  const write = site?.action.roles.find((it) => it.kind === 'write');
  const data = write?.kind === 'write' && write.operation === 'insert' ? write.data : undefined;
  if (data?.kind !== 'object' || data.spreads.length > 0 || entryOf(data, 'data')) return undefined;
  return data.entries.map((it) => it.key);
}
