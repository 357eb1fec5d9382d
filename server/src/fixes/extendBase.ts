// Lets a declaration build on a base event: `extends`, `Base & …`, `Base.extend(…)`, with the import.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { endingIn, importOfModule, specifierTo } from './imports.ts';
import { indentAt, newlineOf, nodeAt, parse, unitOf } from './style.ts';
import type { ExtendBasePlan } from './plan.ts';

/** The edits of the declaration's file. */
export function extendBase(
  { target, base, makers = [] }: ExtendBasePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const node = nodeAt(source, target.at);
  const edits = node ? extended(source, node, base.name) : [];
  if (!node || edits.length === 0) return [];
  if (base.file === target.file) return [{ file: target.file, edits }];
  const ending = endingIn([text, ...makers.flatMap((it) => read(it) ?? [])]);
  const from = base.from ?? specifierTo(target.file, base.file, ending);
  const isType = !ts.isClassDeclaration(node.parent) && !isInSchema(node);
  return [{ file: target.file, edits: [...importOfModule(source, base.name, from, isType), ...edits] }];
}

/** Whether a name is that of a schema, or stands in one. */
export function isInSchema(node: ts.Node): boolean {
  const outer = ts.findAncestor(
    node,
    (it) => ts.isTypeNode(it) || ts.isObjectLiteralExpression(it) || ts.isVariableDeclaration(it),
  );
  return outer !== undefined && !ts.isTypeNode(outer);
}

function extended(source: ts.SourceFile, node: ts.Node, base: string): readonly Edit[] {
  const { parent } = node;
  if (ts.isInterfaceDeclaration(parent)) return [heritage(parent, base)];
  if (ts.isTypeAliasDeclaration(parent)) return [before(parent.type.getStart(source), `${base} & `)];
  if (ts.isClassDeclaration(parent))
    return parent.heritageClauses?.some(isExtends) ? [] : ofClass(source, parent, base);
  if (ts.isVariableDeclaration(parent) && parent.initializer)
    return ofSchema(source, parent.initializer, base);
  for (let outer = parent; !ts.isSourceFile(outer); outer = outer.parent) {
    if (ts.isTypeLiteralNode(outer) || ts.isTypeReferenceNode(outer))
      return [before(outer.end, ` & ${base}`)];
    if (ts.isCallExpression(outer)) return ofSchema(source, outer, base);
  }
  return [];
}

function isExtends({ token }: ts.HeritageClause): boolean {
  return token === ts.SyntaxKind.ExtendsKeyword;
}

/** Behind the bases that are there, else behind the name and its parameters. */
function heritage(node: ts.InterfaceDeclaration | ts.ClassDeclaration, base: string): Edit {
  const clause = node.heritageClauses?.find(isExtends);
  const last = clause?.types.at(-1);
  if (last) return before(last.end, `, ${base}`);
  const parameters = node.typeParameters;
  const end = parameters ? parameters.end + 1 : (node.name?.end ?? node.pos);
  return before(end, ` extends ${base}`);
}

/** A constructor of a derived class calls that of its base first. */
function ofClass(source: ts.SourceFile, node: ts.ClassDeclaration, base: string): readonly Edit[] {
  const constructor = node.members.find((it) => ts.isConstructorDeclaration(it));
  const body = constructor?.body;
  if (!body) return [heritage(node, base)];
  const { text } = source;
  const open = body.getStart(source) + 1;
  const newline = newlineOf(text);
  const outer = indentAt(text, constructor.getStart(source));
  const tail =
    body.statements.length === 0 && !body.getText(source).includes('\n') ? `${newline}${outer}` : '';
  return [heritage(node, base), before(open, `${newline}${outer}${unitOf(text)}super();${tail}`)];
}

/** `z.object({ … })` becomes `Base.extend({ … })`. */
function ofSchema(source: ts.SourceFile, node: ts.Expression, base: string): readonly Edit[] {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression } = node;
  const isObject = /^(?:object|strictObject|looseObject)$/.test(expression.name.text);
  if (!isObject) return ofSchema(source, expression.expression, base);
  return [{ at: { start: expression.getStart(source), end: expression.end }, text: `${base}.extend` }];
}

function before(start: number, text: string): Edit {
  return { at: { start, end: start }, text };
}
