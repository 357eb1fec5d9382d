// Schemas (zod and its likes) as types: `z.object({…})`, `.extend`, `.merge`, `.and`, unions.
import { table } from '../table.ts';
import { ts } from 'ts-morph';
import type { Member, TypeExpr } from '../facts/expressions.ts';
import type { Reading } from './reading.ts';

const packages = /^(zod|zod\/.*|valibot|yup|joi|@sinclair\/typebox|io-ts|@hapi\/joi|superstruct|arktype)$/;
const objects = new Set(['object', 'strictObject', 'looseObject', 'strict', 'passthrough', 'Object', 'type']);
const primitives: Readonly<Record<string, string>> = table({
  string: 'string',
  uuid: 'string',
  email: 'string',
  url: 'string',
  datetime: 'string',
  number: 'number',
  int: 'number',
  Integer: 'number',
  boolean: 'boolean',
  bigint: 'bigint',
  any: 'any',
  unknown: 'unknown',
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
  symbol: 'symbol',
});

/** Methods of a schema that leave its shape as it is. */
const keeping =
  /^(?:strict|passthrough|loose|readonly|brand|describe|meta|refine|superRefine|openapi|register)$/;

/** The shape of a schema expression, or undefined for any other expression. */
export function readSchema(reading: Reading, node: ts.Expression): TypeExpr | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const name = callee.name.text;
  const at = reading.at(node);
  if (isLibrary(reading, callee.expression)) return built(reading, name, node, at);
  const first = node.arguments[0];
  const base = operand(reading, callee.expression) ?? extended(reading, callee.expression, name, first);
  if (!base) return undefined;
  if (extending.test(name) && first) {
    const added = ts.isObjectLiteralExpression(first) ? shapeOf(reading, first) : [named(reading, first)];
    return join([base, ...added.flatMap((it) => it ?? [])], at);
  }
  if (joining.test(name) && first) {
    const other = named(reading, first);
    return other ? join([base, other], at) : base;
  }
  if (name === 'or' && first) {
    const other = operand(reading, first);
    return { kind: 'union', of: other ? [base, other] : [base], at };
  }
  return base.kind === 'typeof' && !keeping.test(name) ? undefined : base;
}

const extending = /^(?:extend|safeExtend|augment)$/;
const joining = /^(?:merge|and|concat)$/;

/** `baseEvent.extend({ orderId: z.string() })`: what takes schemas under keys is one, whatever it is called. */
function extended(
  reading: Reading,
  base: ts.Expression,
  name: string,
  first: ts.Expression | undefined,
): TypeExpr | undefined {
  if (!ts.isIdentifier(base) || !first || !knowsLibrary(reading)) return undefined;
  const takesShape =
    extending.test(name) && ts.isObjectLiteralExpression(first) && holdsSchemas(reading, first);
  const takesSchema = /^(?:merge|and)$/.test(name) && operand(reading, first) !== undefined;
  return takesShape || takesSchema ? typeOf(reading, base) : undefined;
}

function holdsSchemas(reading: Reading, shape: ts.ObjectLiteralExpression): boolean {
  return shape.properties.some(
    (it) => ts.isPropertyAssignment(it) && readSchema(reading, it.initializer) !== undefined,
  );
}

function knowsLibrary({ modules }: Reading): boolean {
  return modules.some((it) => packages.test(it));
}

/** A schema, or the name of what stands where one has to. */
function named(reading: Reading, node: ts.Expression): TypeExpr | undefined {
  return ts.isIdentifier(node) ? typeOf(reading, node) : operand(reading, node);
}

function typeOf(reading: Reading, node: ts.Identifier): TypeExpr {
  return { kind: 'typeof', name: node.text, at: reading.at(node) };
}

/** What a function is given that makes a schema: schemas, shapes and names. */
export function readMaking(reading: Reading, node: ts.Expression): TypeExpr | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || !knowsLibrary(reading))
    return undefined;
  if (isLibrary(reading, node.expression)) return undefined;
  if (!node.arguments.some((it) => isContent(reading, it))) return undefined;
  const args = node.arguments.map((it) => given(reading, it));
  return { kind: 'ref', name: node.expression.text, args, at: reading.at(node.expression) };
}

function isContent(reading: Reading, node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return /(?:schema|payload|shape)$/i.test(node.text);
  return ts.isObjectLiteralExpression(node)
    ? holdsSchemas(reading, node)
    : readSchema(reading, node) !== undefined;
}

function given(reading: Reading, node: ts.Expression): TypeExpr {
  const at = reading.at(node);
  if (ts.isStringLiteralLike(node)) return { kind: 'literal', value: node.text, at };
  if (ts.isObjectLiteralExpression(node)) return join(shapeOf(reading, node), at);
  return named(reading, node) ?? other(reading, node);
}

/** What a function gives that makes schemas. */
export function readGiven(reading: Reading, { body }: ts.FunctionLikeDeclaration): TypeExpr | undefined {
  if (!body || !knowsLibrary(reading)) return undefined;
  if (!ts.isBlock(body)) return readSchema(reading, body);
  const [given, ...others] = body.statements.filter(ts.isReturnStatement);
  return given?.expression && others.length === 0 ? readSchema(reading, given.expression) : undefined;
}

function isLibrary(reading: Reading, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && packages.test(reading.importedFrom(node.text) ?? '');
}

function operand(reading: Reading, node: ts.Expression): TypeExpr | undefined {
  if (ts.isIdentifier(node)) return /^[A-Z]|schema$/i.test(node.text) ? typeOf(reading, node) : undefined;
  return readSchema(reading, node);
}

function join(parts: readonly TypeExpr[], at: TypeExpr['at']): TypeExpr {
  return { kind: 'intersection', of: parts.flatMap((it) => (it.kind === 'intersection' ? it.of : [it])), at };
}

function built(reading: Reading, name: string, node: ts.CallExpression, at: TypeExpr['at']): TypeExpr {
  const first = node.arguments[0];
  if (objects.has(name) && first && ts.isObjectLiteralExpression(first)) {
    const parts = shapeOf(reading, first);
    const [own] = parts;
    return own && parts.length === 1 ? { ...own, at } : join(parts, at);
  }
  const list = [...node.arguments].find((it) => ts.isArrayLiteralExpression(it));
  if (/union/i.test(name) && list)
    return { kind: 'union', of: list.elements.flatMap((it) => operand(reading, it) ?? []), at };
  if (/^(?:intersection|intersect)$/i.test(name)) {
    const parts = node.arguments.flatMap((it) => (ts.isArrayLiteralExpression(it) ? it.elements : [it]));
    return join(
      parts.flatMap((it) => named(reading, it) ?? []),
      at,
    );
  }
  if (name === 'array' && first)
    return { kind: 'array', of: readSchema(reading, first) ?? other(reading, first), at };
  return valueOf(name, node, at) ?? other(reading, node);
}

/** The schema of one value: a literal, an enumeration, a primitive. */
function valueOf(
  name: string,
  { arguments: args }: ts.CallExpression,
  at: TypeExpr['at'],
): TypeExpr | undefined {
  const first = args[0];
  const list = args.find((it) => ts.isArrayLiteralExpression(it));
  if (name === 'literal' && first && ts.isStringLiteralLike(first))
    return { kind: 'literal', value: first.text, at };
  if (name === 'enum' && list && ts.isArrayLiteralExpression(list)) {
    const texts = list.elements.flatMap((it) => (ts.isStringLiteralLike(it) ? [it.text] : []));
    return { kind: 'union', of: texts.map((value) => ({ kind: 'literal', value, at })), at };
  }
  if (name === 'date') return { kind: 'ref', name: 'Date', args: [], at };
  if (name === 'map' || name === 'set')
    return { kind: 'ref', name: name === 'map' ? 'Map' : 'Set', args: [], at };
  if (name === 'function') return { kind: 'function', at };
  const primitive = Object.hasOwn(primitives, name) ? primitives[name] : undefined;
  return primitive === undefined ? undefined : { kind: 'primitive', name: primitive, at };
}

/** The keys of a shape, and what is spread into it. */
function shapeOf(reading: Reading, shape: ts.ObjectLiteralExpression): readonly TypeExpr[] {
  const spreads = shape.properties.flatMap((it) =>
    ts.isSpreadAssignment(it) ? spreadOf(reading, it.expression) : [],
  );
  return [...spreads, { kind: 'object', members: membersOf(reading, shape), at: reading.at(shape) }];
}

/** `...Base.shape`, `...baseFields`. */
function spreadOf(reading: Reading, node: ts.Expression): readonly TypeExpr[] {
  const of = ts.isPropertyAccessExpression(node) && node.name.text === 'shape' ? node.expression : node;
  return ts.isIdentifier(of) ? [{ kind: 'typeof', name: of.text, at: reading.at(of) }] : [];
}

function other(reading: Reading, node: ts.Node): TypeExpr {
  return { kind: 'other', text: node.getText(reading.source).slice(0, 200), at: reading.at(node) };
}

function membersOf(reading: Reading, node: ts.ObjectLiteralExpression): readonly Member[] {
  return node.properties.flatMap((property) => {
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) return [];
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    const type = operand(reading, value) ?? other(reading, value);
    const isOptional = /\.(optional|nullish)\(\)/.test(value.getText(reading.source));
    const name =
      ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name) ? property.name.text : '[]';
    return [{ name, at: reading.at(property.name), type, isOptional }];
  });
}
