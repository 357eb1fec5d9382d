// Files that only list names of events as constants: `TOPICS.OrderPlaced`. Such a list speaks of an event no more than whoever
// takes that entry out of it.
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel } from '../model.ts';
import { eventKey } from './names.ts';

/** Whether a file that names an event only lists it, and none but its known ends take that entry, or all of the list. */
export function isOnlyListed(
  model: EventModel,
  file: FilePath,
  { key, ends }: { readonly key: string; readonly ends: ReadonlySet<FilePath> },
): boolean {
  const facts = model.files.get(file);
  const entries = facts ? (listedIn(facts)?.get(key) ?? []) : [];
  if (entries.length === 0) return false;
  return [...model.files.values()].every((other) => {
    if (other === facts || ends.has(other.file)) return true;
    return entries.every((it) => !takes(other, it));
  });
}

interface Entry {
  /** `TOPICS` */
  readonly list: string;
  /** `OrderPlaced` */
  readonly name: string;
}

/** The entries by the keys of the events that they name; undefined where the file does more than list. */
const listedIn = once((facts: FileFacts): ReadonlyMap<string, readonly Entry[]> | undefined => {
  const isPlain = facts.functions.every(
    (it) =>
      it.kind === 'module' && callsIn(it.body).every(({ call }) => pathOf(call.callee) === 'Object.freeze'),
  );
  if (!isPlain || facts.consumers.length > 0) return undefined;
  const found = new Map<string, Entry[]>();
  const add = (value: string, entry: Entry): void => {
    const key = eventKey(value);
    found.set(key, [...(found.get(key) ?? []), entry]);
  };
  for (const { kind, name: list, members } of facts.types)
    for (const { name, init } of kind === 'enum' ? members : [])
      if (init?.kind === 'string') add(init.value, { list, name });
  for (const { name: list, init, isTopLevel } of facts.bindings) {
    if (isTopLevel !== true) continue;
    const object = init?.kind === 'call' ? init.args[0] : init;
    for (const { key, value } of object?.kind === 'object' ? object.entries : [])
      if (value.kind === 'string') add(value.value, { list, name: key });
  }
  return found;
});

function takes(other: FileFacts, { list, name }: Entry): boolean {
  if (!other.imports.some((it) => it.name === list || it.name === '*' || it.name === 'default')) return false;
  const names = namesTakenIn(other);
  return names.has(name) || names.has('[]') || ['values', 'entries', 'keys'].some((it) => names.has(it));
}

/** All that is taken out of anything in a file, by name. */
const namesTakenIn = once((facts: FileFacts): ReadonlySet<string> => {
  const text = JSON.stringify([facts.functions, facts.bindings, facts.types, facts.consumers, facts.sagas]);
  return new Set([...text.matchAll(/"name":"([^"\\]*)"/g)].map(([, name = '']) => name));
});
