// Whether a row is looked up by what its store keeps unique, or stored under it: then a second insert fails by itself.
import type { CallAction } from '../../facts/actions.ts';
import type { DecoratorFact, Expr, ObjectExpr, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import type { ReadRole, WriteRole } from '../../facts/roles.ts';
import { namesIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { entryOf, rootOf } from '../resolution/values.ts';
import { asksForKey, keysOfTable, type Key } from './tableKeys.ts';

const maxDepth = 3;
const keyed = /^(?:Unique|PrimaryColumn|PrimaryKey)$/;

/** `findUnique`, which compiles for unique keys only, or a condition over all columns of a unique index of the entity. */
export function isUniqueRead(
  file: FilePath,
  { call }: CallAction,
  role: ReadRole,
  linking: Linking,
): boolean {
  if (call.callee.kind !== 'member') return false;
  if (/^findUnique/.test(call.callee.name)) return true;
  const { where, store } = role;
  if (where?.kind === 'call') return asksForKey(file, where, linking);
  // `where: [{ email }, { username }]` asks for any of them.
  const all = where?.kind === 'array' ? where.items : [where];
  const keys = all.length > 0 ? keysOfStore(file, call.callee.object, store, linking) : [];
  return all.every((it) => {
    const asked = new Set(it?.kind === 'object' ? it.entries.map((entry) => entry.key) : []);
    return keys.some((key) => key.length > 0 && key.every((column) => asked.has(column)));
  });
}

function keysOfStore(
  file: FilePath,
  object: Expr,
  store: string | undefined,
  linking: Linking,
): readonly Key[] {
  return [
    ...entitiesOf(file, object, store, linking).flatMap((it) => keysOf(it, linking)),
    ...keysOfSchema(file, object, linking),
  ];
}

/** A new row whose store keeps unique what the message brings: the second one fails. */
export function isUniqueRow(
  file: FilePath,
  { call: { callee, args } }: CallAction,
  { store, operation, data }: WriteRole,
  linking: Linking,
): boolean {
  const facts = linking.files.get(file);
  if (operation !== 'insert' || callee.kind !== 'member' || !facts) return false;
  const row = [data, ...args].map((it) => it && rowOf(facts, it, 0)).find((it) => it !== undefined);
  const given = row?.entries.filter((it) => isRead(facts, it.value)).map((it) => it.key) ?? [];
  if (given.length === 0) return false;
  const [table] = args;
  const keys = [
    ...keysOfStore(file, callee.object, store, linking),
    ...(table ? keysOfTable(file, table, linking) : []),
  ];
  return keys.some((key) => key.length > 0 && key.every((it) => given.includes(it)));
}

/** The columns that are stored: `{ … }`, `Order.create({ … })`, `lines.map((it) => repository.create({ … }))`. */
function rowOf(facts: FileFacts, expr: Expr, depth: number): ObjectExpr | undefined {
  if (depth > maxDepth) return undefined;
  const deeper = (it: Expr | undefined): ObjectExpr | undefined => it && rowOf(facts, it, depth + 1);
  if (expr.kind === 'object') return deeper(entryOf(expr, 'data')) ?? expr;
  if (expr.kind === 'array') return deeper(expr.items[0]);
  if (expr.kind === 'name') return deeper(facts.bindings[expr.binding ?? -1]?.init);
  if (expr.kind !== 'call' || expr.callee.kind !== 'member') return undefined;
  const { callee, args } = expr;
  if (/^(?:create|build)$/.test(callee.name)) return args.map(deeper).find((it) => it !== undefined);
  const made =
    callee.name === 'map' && args[0]?.kind === 'function' ? facts.functions[args[0].function] : undefined;
  const last = made?.body.at(-1);
  return last?.kind === 'return' ? deeper(last.value) : undefined;
}

/** Read from something that is there, and not made here. */
function isRead(facts: FileFacts, value: Expr): boolean {
  if (value.kind !== 'member' && value.kind !== 'name') return false;
  const root = rootOf(facts, value);
  if (value.kind === 'member') return root ? isGiven(facts, root, 0) : isParsed(value.object);
  return root?.kind === 'parameter' || (root?.init?.kind === 'member' && isRead(facts, root.init));
}

/** A parameter, or what was made of one: `const event = JSON.parse(text)`, and not `const code = drawCode()`. */
function isGiven(facts: FileFacts, { kind, init }: BindingFact, depth: number): boolean {
  if (kind === 'parameter') return true;
  if (!init) return depth === 0 || kind === 'const' || kind === 'variable';
  let made = init;
  while (made.kind === 'member') made = made.object;
  if (made.kind !== 'call' && made.kind !== 'new') return depth === 0;
  if (depth > maxDepth) return false;
  const { callee, args } = made;
  const from = callee.kind === 'member' && unpacking.test(callee.name) ? [callee.object, ...args] : args;
  return from
    .flatMap((it) => [...namesIn(it)])
    .some((it) => {
      const root = rootOf(facts, it);
      return root !== undefined && root.kind !== 'import' && isGiven(facts, root, depth + 1);
    });
}

const unpacking =
  /^(?:to\w+|json|value|data|body|content|text|parse|decode|get(?:Data|Content|Payload|Value|Body|Message))$/i;

/** `JSON.parse(text).orderId`. */
function isParsed(expr: Expr): boolean {
  if (expr.kind === 'member') return isParsed(expr.object);
  return expr.kind === 'call' && expr.callee.kind === 'member' && /^(?:parse|decode)$/.test(expr.callee.name);
}

/** `posts: Model<Post>`, `class PostRepository extends Repository<Post>`, `getRepository(Post)`, `manager.findOne(Post, …)`. */
function entitiesOf(
  file: FilePath,
  receiver: Expr,
  store: string | undefined,
  { calls, program }: Linking,
): readonly TypeNode[] {
  const named = [
    store,
    receiver.kind === 'call' && receiver.args[0]?.kind === 'name' && receiver.args[0].name,
  ];
  const told = named.flatMap((it) => (it ? (program.typeNamed(file, it) ?? []) : []));
  const typed = calls.typing.typedOf(file, receiver);
  if (typed?.kind === 'written') return [...told, ...typesIn(typed.file, typed.type, program, 0)];
  const bases = typed?.node.fact.bases ?? [];
  return [...told, ...bases.flatMap((it) => typesIn(typed?.node.file ?? file, it, program, 0))];
}

/** The workspace's types among the arguments of a type, through aliases of such: `Model<HydratedDocument<Post>>`. */
function typesIn(
  file: FilePath,
  type: TypeExpr,
  program: Linking['program'],
  depth: number,
): readonly TypeNode[] {
  if (depth > maxDepth) return [];
  if (type.kind === 'intersection') return type.of.flatMap((it) => typesIn(file, it, program, depth + 1));
  if (type.kind !== 'ref') return [];
  const node = depth > 0 ? program.typeNamed(file, type.name) : undefined;
  if (node?.fact.alias) return typesIn(node.file, node.fact.alias, program, depth + 1);
  if (node) return [node];
  return type.args.flatMap((it) => typesIn(file, it, program, depth + 1));
}

function keysOf(entity: TypeNode, linking: Linking): readonly Key[] {
  const fields = [...linking.program.fieldsOf(entity.file, entity).fields.values()];
  const columns = fields.filter((it) => it.member.decorators?.some(isOfUniqueColumn)).map((it) => [it.name]);
  const tables = linking.program.lineageOf(entity).flatMap((it) => it.fact.decorators.flatMap(keyOfTable));
  return [...columns, ...tables, ...keysSetIn(entity.file, linking)];
}

function isOfUniqueColumn({ name, args }: DecoratorFact): boolean {
  return keyed.test(name) || args.some(isUnique);
}

/** `@Unique(['orderId'])`, `@Index('one', ['orderId', 'line'], { unique: true })`, `@Unique({ properties: ['orderId'] })`. */
function keyOfTable({ name, args }: DecoratorFact): readonly Key[] {
  if (name !== 'Unique' && !args.some(isUnique)) return [];
  return args.flatMap((it) => {
    const columns = it.kind === 'object' ? entryOf(it, 'properties') : it;
    const items = columns?.kind === 'array' ? columns.items : [];
    return items.length > 0 ? [items.map((one) => (one.kind === 'string' ? one.value : ''))] : [];
  });
}

/** `{ unique: true }`, `{ index: { unique: true } }`. */
function isUnique(options: Expr): boolean {
  if (options.kind !== 'object') return false;
  const [flag, index] = [entryOf(options, 'unique'), entryOf(options, 'index')];
  return (flag?.kind === 'literal' && flag.text === 'true') || (index !== undefined && isUnique(index));
}

/** `model('Post', new Schema({ postId: { type: String, unique: true } }))`. */
function keysOfSchema(file: FilePath, receiver: Expr, linking: Linking): readonly Key[] {
  const { values } = linking;
  const model = values.evaluate(file, receiver);
  if (model.kind !== 'expr' || model.expr.kind !== 'call') return [];
  const [, schema] = model.expr.args;
  const made = schema && values.evaluate(model.file, schema);
  if (made?.kind !== 'expr' || made.expr.kind !== 'new') return [];
  const [fields] = made.expr.args;
  const entries = fields?.kind === 'object' ? fields.entries.filter((it) => isUnique(it.value)) : [];
  return [...entries.map((it) => [it.key]), ...keysSetIn(made.file, linking)];
}

/** `PostSchema.index({ postId: 1 }, { unique: true })`. */
function keysSetIn(file: FilePath, { files }: Linking): readonly Key[] {
  const facts = files.get(file);
  return (facts ? (indexOf(facts).calls.get('index') ?? []) : []).flatMap(({ action: { call } }) => {
    const [columns, options] = call.args;
    return columns?.kind === 'object' && options && isUnique(options)
      ? [columns.entries.map((it) => it.key)]
      : [];
  });
}
