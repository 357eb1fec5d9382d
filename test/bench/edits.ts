// Random edits as people make them: inside bodies, of exported types, of base events.
import type { Random } from './random.ts';

export const editKinds = ['body', 'type', 'base'] as const;
export type EditKind = (typeof editKinds)[number];

/** The files in which each kind of edit can be made. */
export type Editable = Readonly<Record<EditKind, readonly string[]>>;

const places: Readonly<Record<EditKind, RegExp>> = {
  body: /\)(?:: [\w<>[\] |]+)? (?:=> )?\{\n/g,
  type: /export (?:interface|class|type) \w+[^{};=]*(?:= )?\{[ \n]/g,
  base: /export (?:abstract )?(?:interface|class) \w*(?:Base|Domain|Event)\w*[^{};]*\{\n/g,
};

/** Looks for files that speak of events, and takes others for edits of bodies too. */
export function editableIn(texts: ReadonlyMap<string, string>): Editable {
  const all = [...texts];
  const eventful = all.filter(([, text]) => /publish|Event|saga|consumer/.test(text));
  const having = (kind: EditKind, among: typeof all): readonly string[] =>
    among.filter(([, text]) => placesIn(text, kind).length > 0).map(([file]) => file);
  const type = having('type', eventful);
  const base = having(
    'base',
    eventful.filter(([file]) => /base|domain/i.test(file)),
  );
  return { body: having('body', eventful), type, base: base.length > 0 ? base : type };
}

/** The text after an edit: one line more at a place that suits the kind. */
export function edited(text: string, kind: EditKind, random: Random): string {
  const found = placesIn(text, kind);
  if (found.length === 0) return `${text}\n`;
  const at = random.pick(found);
  const number = random.next(1_000_000);
  const line =
    kind === 'body' ? `  console.log('seen ${number}');\n` : `  readonly field${number}: string;\n`;
  return text.slice(0, at) + line + text.slice(at);
}

/** The name of a declared type, which a reader would look at. */
export function nameIn(text: string, random: Random): number {
  const names = [...text.matchAll(/export (?:interface|class|type) (?=\w)/g)];
  return names.length === 0 ? 0 : random.pick(names.map((it) => it.index + it[0].length));
}

function placesIn(text: string, kind: EditKind): readonly number[] {
  return [...text.matchAll(places[kind])].map((it) => it.index + it[0].length);
}
