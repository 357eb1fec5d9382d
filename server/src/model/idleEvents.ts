// Types that look like events in a workspace that shows how its events travel, and that nobody near them sends: props, frames, rows.
import type { EventModel, EventNode, TypeNode } from './model.ts';
import { perModel } from './perModel.ts';

/** So many events have to be seen on their way before the stillness of others says anything. */
const enough = 2;

/**
 * Whether an event is known by its form alone and never travels, nor does anything declared in its folder. Where hardly any event
 * is seen on its way, as in a file that only declares them, none is idle.
 */
export function isIdle(model: EventModel, event: EventNode): boolean {
  const { folders, events } = travels(model);
  if (events < enough || event.declarations.length === 0 || isMoved(event)) return false;
  return event.declarations.every((it) => isPlain(it) && !folders.has(folderOf(it)));
}

const travels = perModel((model) => {
  const moved = model.events.filter(isMoved);
  const folders = new Set(moved.flatMap((it) => it.declarations.map(folderOf)));
  return { folders, events: moved.length };
});

function isMoved({ producers, consumers }: EventNode): boolean {
  return producers.length + consumers.length > 0;
}

/** No class, for that is there to be made; neither told by the user nor built on what makes events. */
function isPlain({ fact: { kind, bases, implements: implemented, alias, isEvent } }: TypeNode): boolean {
  return (
    kind !== 'class' &&
    isEvent !== true &&
    bases.length + implemented.length === 0 &&
    (alias === undefined || alias.kind === 'object')
  );
}

function folderOf({ file }: TypeNode): string {
  return file.slice(0, file.lastIndexOf('/'));
}
