// What the tables of outboxes say of a row by themselves: an id that the database makes, when the row came to be, a version.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { EventModel, Field } from '../model.ts';
import { kindsNamed } from './metadata.ts';
import type { Aliases, MetadataKind } from './metadataKinds.ts';

/** A table with the columns that are filled in where a row says nothing of them. */
interface Table {
  readonly name: string;
  readonly filled: readonly Column[];
}

interface Column {
  readonly name: string;
  readonly isKey: boolean;
  /** The time at which the row was made. */
  readonly isBirth: boolean;
}

/** A key and the time at which it was made are what every outbox has whose table stands elsewhere. */
const usual: readonly MetadataKind[] = ['id', 'timestamp'];

/** What the table adds to each row: as far as it is declared, else what is usual. */
export function filledIn(model: EventModel, store: string, aliases: Aliases): ReadonlySet<MetadataKind> {
  const known = tablesOf(model, store);
  if (known.length === 0) return new Set(usual);
  const columns = known.flatMap((it) => it.filled);
  return new Set([
    ...kindsNamed(
      columns.map((it) => it.name),
      aliases,
    ),
    ...(columns.some((it) => it.isKey) ? (['id'] as const) : []),
    ...(columns.some((it) => it.isBirth) ? (['timestamp'] as const) : []),
  ]);
}

/** By its name, or the one outbox that there is. */
function tablesOf(model: EventModel, store: string): readonly Table[] {
  const entities = foundInFiles(model, 'entities of outboxes', entitiesIn).map(({ file, fact }) => {
    const fields = [...model.program.fieldsOf(file, { file, fact }).fields.values()];
    return { name: fact.name, filled: fields.flatMap(columnOf) };
  });
  const all = [...entities, ...foundInFiles(model, 'tables of outboxes', tablesIn)];
  const named = all.filter((it) => it.name.toLowerCase() === store.toLowerCase());
  if (named.length > 0) return named;
  const outboxes = all.filter((it) => /outbox/i.test(it.name));
  return /outbox/i.test(store) && outboxes.length === 1 ? outboxes : [];
}

const stores = /outbox|(?:events?|messages?)$/i;

const entitiesIn = once(({ file, types }: FileFacts) =>
  types.filter(isEntity).map((fact) => ({ file, fact })),
);

function isEntity({ kind, name }: TypeFact): boolean {
  return kind === 'class' && /outbox|(?:Events?|Messages?)(?:Entity|Row|Record|Model)$/i.test(name);
}

const generated = /^(?:PrimaryGeneratedColumn|Generated|AutoIncrement)$/;
const born = /^(?:CreateDateColumn|CreatedAt)$/;
const keys = /^(?:PrimaryGeneratedColumn|PrimaryColumn|PrimaryKey|ObjectIdColumn|ObjectIdentityColumn)$/;
const defaulting = /^(?:default|defaultRaw|defaultValue|onCreate)$/;

function columnOf({ name, member: { decorators = [], init } }: Field): readonly Column[] {
  const isBirth = decorators.some((it) => born.test(it.name));
  const options = decorators
    .flatMap((it) => it.args)
    .flatMap((it) => (it.kind === 'object' ? it.entries : []));
  const isFilled =
    isBirth ||
    init !== undefined ||
    decorators.some((it) => generated.test(it.name) || it.name === 'Default') ||
    options.some((it) => defaulting.test(it.key));
  return isFilled ? [{ name, isKey: decorators.some((it) => keys.test(it.name)), isBirth }] : [];
}

/** `pgTable('outbox', { id: uuid('id').primaryKey().defaultRandom(), … })`. */
const tablesIn = once(({ bindings }: FileFacts) => bindings.flatMap(tableOf));

function tableOf({ name, isTopLevel, init }: BindingFact): readonly Table[] {
  if (isTopLevel !== true || init?.kind !== 'call' || !stores.test(name)) return [];
  const maker = init.callee.kind === 'name' || init.callee.kind === 'member' ? init.callee.name : '';
  const [, columns] = init.args;
  if (!/[tT]able$/.test(maker) || columns?.kind !== 'object') return [];
  const filled = columns.entries.flatMap(({ key, value }): readonly Column[] => {
    const words = wordsIn(value);
    const isBirth = words.includes('defaultNow');
    const isFilled = words.some((it) => /^\$?default|[sS]erial$|Identity$/.test(it));
    return isFilled ? [{ name: key, isKey: words.includes('primaryKey'), isBirth }] : [];
  });
  return [{ name, filled }];
}

/** The calls of a chain: `uuid`, `primaryKey`, `defaultRandom`. */
function wordsIn(expr: Expr): readonly string[] {
  if (expr.kind === 'call') return wordsIn(expr.callee);
  if (expr.kind === 'member') return [...wordsIn(expr.object), expr.name];
  return expr.kind === 'name' ? [expr.name] : [];
}
