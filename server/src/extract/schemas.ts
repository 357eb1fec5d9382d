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
  const base = operand(reading, callee.expression);
  if (!base) return undefined;
  const first = node.arguments[0];
  if (
    (name === 'extend' || name === 'safeExtend' || name === 'augment') &&
    first &&
    ts.isObjectLiteralExpression(first)
  ) {
    return join([base, { kind: 'object', members: membersOf(reading, first), at }], at);
  }
  if ((name === 'merge' || name === 'and') && first) {
    const other = operand(reading, first);
    return other ? join([base, other], at) : base;
  }
  if (name === 'or' && first) {
    const other = operand(reading, first);
    return { kind: 'union', of: other ? [base, other] : [base], at };
  }
  return base.kind === 'typeof' && !keeping.test(name) ? undefined : base;
}

function isLibrary(reading: Reading, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && packages.test(reading.importedFrom(node.text) ?? '');
}

function operand(reading: Reading, node: ts.Expression): TypeExpr | undefined {
  if (ts.isIdentifier(node))
    return /^[A-Z]|schema$/i.test(node.text)
      ? { kind: 'typeof', name: node.text, at: reading.at(node) }
      : undefined;
  return readSchema(reading, node);
}

function join(parts: readonly TypeExpr[], at: TypeExpr['at']): TypeExpr {
  return { kind: 'intersection', of: parts.flatMap((it) => (it.kind === 'intersection' ? it.of : [it])), at };
}

function built(reading: Reading, name: string, node: ts.CallExpression, at: TypeExpr['at']): TypeExpr {
  const first = node.arguments[0];
  if (objects.has(name) && first && ts.isObjectLiteralExpression(first)) {
    const spreads = first.properties.flatMap((it) =>
      ts.isSpreadAssignment(it) ? spreadOf(reading, it.expression) : [],
    );
    const own: TypeExpr = { kind: 'object', members: membersOf(reading, first), at };
    return spreads.length > 0 ? join([...spreads, own], at) : own;
  }
  const list = [...node.arguments].find((it) => ts.isArrayLiteralExpression(it));
  if (/union/i.test(name) && list)
    return { kind: 'union', of: list.elements.flatMap((it) => operand(reading, it) ?? []), at };
  if (/^(intersection|intersect)$/.test(name))
    return join(
      node.arguments.flatMap((it) => operand(reading, it) ?? []),
      at,
    );
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
