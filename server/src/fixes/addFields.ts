// Adds metadata fields to a declaration in its own style: interface, alias, union member, class, zod schema, object literal.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { importOf } from './imports.ts';
import { bracedBy, insertMembers, separatorOf } from './members.ts';
import type { AddFieldsPlan } from './plan.ts';
import { nodeAt, parse } from './style.ts';
import { entryFor, needsUuid, valueOf, type Field } from './values.ts';

/** The edits of the declaration's file. */
export function addFields(
  { target, fields }: AddFieldsPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const named = nodeAt(source, target.at);
  const node = named && (schemaBehind(source, named) ?? named);
  const edits = node ? editsFor(source, node, fields) : [];
  return edits.length > 0 ? [{ file: target.file, edits }] : [];
}

/** `type OrderPlaced = z.infer<typeof OrderPlacedSchema>` is mended in the schema. */
function schemaBehind(source: ts.SourceFile, { parent }: ts.Node): ts.Node | undefined {
  if (!ts.isTypeAliasDeclaration(parent) || !ts.isTypeReferenceNode(parent.type)) return undefined;
  const [inner, ...others] = parent.type.typeArguments ?? [];
  if (!inner || others.length > 0 || !ts.isTypeQueryNode(inner)) return undefined;
  const name = inner.exprName.getText(source);
  const declared = source.statements
    .filter((it) => ts.isVariableStatement(it))
    .flatMap((it) => [...it.declarationList.declarations])
    .find((it) => it.name.getText(source) === name);
  return declared?.initializer && schemaObject(declared.initializer) ? declared.name : undefined;
}

function editsFor(source: ts.SourceFile, node: ts.Node, fields: readonly Field[]): readonly Edit[] {
  if (ts.isObjectLiteralExpression(node)) return intoObject(source, node, fields);
  const { parent } = node;
  if (ts.isInterfaceDeclaration(parent)) return [intoType(source, parent, fields)];
  if (ts.isTypeAliasDeclaration(parent)) return intoAlias(source, parent.type, fields);
  if (ts.isClassDeclaration(parent)) return intoClass(source, parent, fields);
  if (ts.isVariableDeclaration(parent) && parent.initializer)
    return intoSchema(source, schemaObject(parent.initializer), fields);
  return intoUnionMember(source, node, fields);
}

/** Fields of an interface or type literal. */
function intoType(
  source: ts.SourceFile,
  node: ts.InterfaceDeclaration | ts.TypeLiteralNode,
  fields: readonly Field[],
): Edit {
  const members = [...node.members];
  const isReadonly = members.length > 0 && members.every((it) => /^readonly\s/.test(it.getText(source)));
  const isOneLine = !node.getText(source).includes('\n') && members.length > 0;
  const separator = separatorOf(source, members) || (isOneLine ? ';' : '');
  const lines = fields.map((it) => `${isReadonly ? 'readonly ' : ''}${typed(it)}`);
  return insertMembers(source, bracedBy(source, node, members), lines, separator);
}

/** Into the literal that the alias is or has in an intersection; else one is joined on. */
function intoAlias(source: ts.SourceFile, type: ts.TypeNode, fields: readonly Field[]): readonly Edit[] {
  if (ts.isTypeLiteralNode(type)) return [intoType(source, type, fields)];
  const literal = ts.isIntersectionTypeNode(type)
    ? type.types.find((it) => ts.isTypeLiteralNode(it))
    : undefined;
  if (literal && ts.isTypeLiteralNode(literal)) return [intoType(source, literal, fields)];
  return [joined(type, fields)];
}

function joined(type: ts.TypeNode, fields: readonly Field[]): Edit {
  const literal = fields.map(typed).join('; ');
  return { at: { start: type.end, end: type.end }, text: ` & { ${literal} }` };
}

function typed({ name, type, isOptional }: Field): string {
  return `${name}${isOptional === true ? '?' : ''}: ${type}`;
}

/** The member of a union that holds the literal: `{ type: 'OrderPlaced' }`, `Event<'OrderPlaced', …>`, `z.object({ … })`. */
function intoUnionMember(source: ts.SourceFile, node: ts.Node, fields: readonly Field[]): readonly Edit[] {
  for (let outer = node.parent; !ts.isSourceFile(outer); outer = outer.parent) {
    if (ts.isTypeLiteralNode(outer)) return [intoType(source, outer, fields)];
    if (ts.isObjectLiteralExpression(outer)) return intoSchema(source, outer, fields);
    if (ts.isTypeReferenceNode(outer)) return [joined(outer, fields)];
  }
  return [];
}

/** Values that each instance makes for itself need no change where it is made; a correlation id is handed in by those who know it. */
function intoClass(
  source: ts.SourceFile,
  node: ts.ClassDeclaration,
  fields: readonly Field[],
): readonly Edit[] {
  const members = [...node.members];
  const constructor = members.find((it) => ts.isConstructorDeclaration(it));
  const takes = constructor?.parameters.some((it) => ts.isParameterPropertyDeclaration(it, constructor));
  const own = takes ? fields.filter((it) => !isHandedIn(it)) : fields;
  const id = fields.some((it) => it.name === 'eventId')
    ? importOf(source, 'randomUUID', 'node:crypto')
    : undefined;
  const lines = own.map((it) => fieldOf(it, id?.name ?? 'randomUUID'));
  const edits: Edit[] = [...(id?.edits ?? [])];
  if (lines.length > 0)
    edits.push(insertMembers(source, bracedBy(source, node, members), lines, separatorOf(source, members)));
  const handedIn = fields.filter((it) => !own.includes(it));
  if (handedIn.length > 0 && constructor) edits.push(taken(source, constructor, handedIn));
  return edits;
}

function isHandedIn({ name, isOptional }: Field): boolean {
  return name === 'correlationId' || isOptional === true;
}

function fieldOf(field: Field, uuid: string): string {
  const { name, type } = field;
  if (isHandedIn(field)) return `readonly ${name}?: ${type}`;
  return `readonly ${name}: ${type} = ${valueOf(field, uuid)}`;
}

function taken(
  source: ts.SourceFile,
  constructor: ts.ConstructorDeclaration,
  fields: readonly Field[],
): Edit {
  const last = constructor.parameters.at(-1);
  const modifiers =
    last &&
    ts
      .getModifiers(last)
      ?.map((it) => it.getText(source))
      .join(' ');
  const end = last?.end ?? constructor.getStart(source);
  const isSpread = constructor
    .getText(source)
    .slice(0, (last?.end ?? 0) - constructor.getStart(source))
    .includes('\n');
  const before = isSpread && last ? `,\n${indentOf(source, last)}` : ', ';
  const text = fields.map((it) => `${before}${modifiers || 'readonly'} ${it.name}?: ${it.type}`).join('');
  return { at: { start: end, end }, text };
}

function indentOf(source: ts.SourceFile, node: ts.Node): string {
  const start = node.getStart(source);
  const line = source.text.lastIndexOf('\n', start - 1) + 1;
  return /^[ \t]*/.exec(source.text.slice(line))?.[0] ?? '';
}

/** The last object of `z.object({ … })`, `Base.extend({ … })`, `z.object({ … }).strict()`. */
function schemaObject(node: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const own = node.arguments.find((it) => ts.isObjectLiteralExpression(it));
  if (own && ts.isObjectLiteralExpression(own)) return own;
  return ts.isPropertyAccessExpression(node.expression)
    ? schemaObject(node.expression.expression)
    : undefined;
}

function intoSchema(
  source: ts.SourceFile,
  object: ts.ObjectLiteralExpression | undefined,
  fields: readonly Field[],
): readonly Edit[] {
  if (!object) return [];
  const z = /\b(zod|z)\.\w+\(/.exec(source.text)?.[1] ?? 'z';
  const members = [...object.properties];
  const lines = fields.map(
    (it) =>
      `${it.name}: ${z}.${it.type === 'Date' ? 'date' : it.type}()${it.isOptional === true ? '.optional()' : ''}`,
  );
  return [insertMembers(source, bracedBy(source, object, members), lines, ',')];
}

/** A literal that is published needs values. */
function intoObject(
  source: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  fields: readonly Field[],
): readonly Edit[] {
  const isIdWanted = fields.some((it) => needsUuid(it, object));
  const id = isIdWanted ? importOf(source, 'randomUUID', 'node:crypto') : undefined;
  const lines = fields.map((it) => entryFor(it, object, id?.name ?? 'randomUUID'));
  const members = [...object.properties];
  return [...(id?.edits ?? []), insertMembers(source, bracedBy(source, object, members), lines, ',')];
}
