// Tables in which names are looked up that stand in somebody's code.

/** The entries and nothing else: a method may be called `constructor`, which every plain object has. */
export function table<Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const safe: Record<string, Value> = { ...entries };
  Object.setPrototypeOf(safe, null);
  return safe;
}
