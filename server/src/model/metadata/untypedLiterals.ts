// Literals that are published as a declared event and have no type of their own: nothing asks them for what the declaration promises.
import type { Expr } from '../../facts/expressions.ts';
import { tagName } from '../events/tags.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';
import { isTakenAsTyped } from './handedMetadata.ts';

type Literal = EventNode['inline'][number];

/** The literals with the form of a declaration that leave the process: with its tag and most of its fields. */
export function untypedLiterals(model: EventModel, event: EventNode, node: TypeNode): readonly Literal[] {
  if (!event.producers.every((it) => it.role.transport === 'broker')) return [];
  const { fields, isOpen } = model.program.fieldsOf(node.file, node);
  if (isOpen) return [];
  const tags = [...fields.keys()].filter((it) => tagName.test(it));
  return event.inline.filter(({ file, at, object }) => {
    if (object.kind !== 'object' || object.spreads.length > 0 || isTyped(model, file, object)) return false;
    const keys = object.entries.map((it) => it.key);
    const shared = keys.filter((it) => fields.has(it));
    const isAlike = shared.length >= enough && shared.length * 2 > keys.length;
    return isAlike && shared.some((it) => tags.includes(it)) && !isTakenAsTyped(model, { file, at }, object);
  });
}

const enough = 2;

/** Whether a constant's type, or the function that returns it, says what the literal is. */
function isTyped({ files }: EventModel, file: string, object: Expr): boolean {
  const facts = files.get(file);
  const isReturned = facts?.functions.some(
    ({ body, returns }) => returns && body.some((it) => it.kind === 'return' && it.value === object),
  );
  return isReturned === true || facts?.bindings.some((it) => it.type && it.init === object) === true;
}
