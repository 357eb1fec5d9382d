// Lets what an operator of RxJS joins catch its own errors: `from(…).pipe(catchError(…))`.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { importOf } from './imports.ts';
import type { CatchInsidePlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, unitOf, usesSemicolons } from './style.ts';

/** The edits of the one file; none where the operator is not given an arrow function that is written there. */
export function catchInside(
  { target }: CatchInsidePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const operator = nodeAt(source, target.at);
  const call = operator && callAbove(operator);
  const projection = call?.arguments[0];
  if (!projection || !ts.isArrowFunction(projection)) return [];
  const writing = writingIn(source, call, projection);
  const edits = isAsync(projection) ? aroundBody(writing) : aroundValue(writing);
  return edits.length > 0 ? [{ file: target.file, edits: [...edits, ...writing.imports] }] : [];
}

interface Writing {
  readonly source: ts.SourceFile;
  readonly call: ts.CallExpression;
  readonly projection: ts.ArrowFunction;
  /** The stream that is joined, or the promise. */
  readonly value: ts.Expression | undefined;
  readonly isStream: boolean;
  readonly names: Readonly<Record<'catchError' | 'EMPTY' | 'defer', string>>;
  readonly imports: readonly Edit[];
  readonly newline: string;
  readonly unit: string;
}

function writingIn(source: ts.SourceFile, call: ts.CallExpression, projection: ts.ArrowFunction): Writing {
  const value = isAsync(projection) ? undefined : valueOf(projection);
  const isStream = value !== undefined && isStreamOf(source, value);
  const operators = source.text.includes('rxjs/operators') ? 'rxjs/operators' : 'rxjs';
  const catching = importOf(source, 'catchError', operators);
  const nothing = importOf(source, 'EMPTY', 'rxjs');
  const deferring = isStream ? { name: 'defer', edits: [] } : importOf(source, 'defer', 'rxjs');
  return {
    source,
    call,
    projection,
    value,
    isStream,
    names: { catchError: catching.name, EMPTY: nothing.name, defer: deferring.name },
    imports: [...catching.edits, ...nothing.edits, ...deferring.edits],
    newline: newlineOf(source.text),
    unit: unitOf(source.text),
  };
}

function callAbove(node: ts.Node): ts.CallExpression | undefined {
  const above = ts.isPropertyAccessExpression(node.parent) ? node.parent.parent : node.parent;
  return ts.isCallExpression(above) ? above : undefined;
}

function isAsync({ modifiers }: ts.ArrowFunction): boolean {
  return modifiers?.some((it) => it.kind === ts.SyntaxKind.AsyncKeyword) ?? false;
}

/** The expression of the arrow, or what its only `return` gives. */
function valueOf({ body }: ts.ArrowFunction): ts.Expression | undefined {
  if (!ts.isBlock(body)) return body;
  const returns: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) returns.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return returns.length === 1 ? returns[0] : undefined;
}

/** `from(…)` or `….pipe(…)`; whatever else may be a promise. */
function isStreamOf(source: ts.SourceFile, value: ts.Expression): boolean {
  if (!ts.isCallExpression(value)) return false;
  if (pipeIn(value)) return true;
  if (!ts.isIdentifier(value.expression)) return false;
  const { text } = value.expression;
  return source.statements.some(
    (it) =>
      ts.isImportDeclaration(it) &&
      /^['"]rxjs['"]$/.test(it.moduleSpecifier.getText(source)) &&
      it.importClause?.namedBindings !== undefined &&
      ts.isNamedImports(it.importClause.namedBindings) &&
      it.importClause.namedBindings.elements.some((one) => one.name.text === text),
  );
}

function pipeIn(value: ts.Expression): ts.CallExpression | undefined {
  const isPipe =
    ts.isCallExpression(value) &&
    ts.isPropertyAccessExpression(value.expression) &&
    value.expression.name.text === 'pipe';
  return isPipe ? value : undefined;
}

/** `mergeMap((event) => value)` becomes `mergeMap((event) => defer(() => value).pipe(catchError(…)))`. */
function aroundValue(writing: Writing): readonly Edit[] {
  const { source, projection, value, isStream, names } = writing;
  if (!value) return [];
  const { text } = source;
  const start = value.getStart(source);
  const isMoved = value === projection.body && isOnLineOf(text, projection.getStart(source), start);
  const indent = `${indentAt(text, start)}${isMoved ? writing.unit : ''}`;
  const pipe = pipeIn(value);
  const last = pipe?.arguments.at(-1);
  if (last && text.slice(start, value.end).includes('\n')) {
    const inner = indentAt(text, last.getStart(source));
    return [insertion(last.end, `,${writing.newline}${inner}${handler(writing, inner)}`)];
  }
  const own = value.getText(source);
  const joined = isStream ? own : `${names.defer}(() => ${bodyOf(own)})`;
  const stream = pipe?.expression.getText(source).replace(/\s*\.pipe$/, '') ?? joined;
  const operators = pipe?.arguments.map((it) => it.getText(source)) ?? [];
  const caught = piped(writing, stream, operators, indent);
  return isMoved ? [moved(writing, caught)] : [{ at: { start, end: value.end }, text: caught }];
}

/** An object literal as the body of an arrow needs parentheses. */
function bodyOf(text: string): string {
  return text.startsWith('{') ? `(${text})` : text;
}

/** `mergeMap(async (event) => …)` becomes `mergeMap((event) => defer(async () => …).pipe(catchError(…)))`. */
function aroundBody(writing: Writing): readonly Edit[] {
  const { source, projection, names, newline, unit } = writing;
  const body = projection.body.getText(source);
  const isShiftable = !/`[^`]*\n/.test(body);
  const shifted = isShiftable ? body.replaceAll(/\n(?=[^\r\n])/g, `\n${unit}`) : body;
  const indent = `${indentAt(source.text, projection.getStart(source))}${unit}`;
  const parameters = projection.parameters.map((it) => it.getText(source)).join(', ');
  const stream = `${names.defer}(async () => ${shifted})`;
  const { start, end } = { start: projection.getStart(source), end: projection.end };
  return [
    {
      at: { start, end },
      text: `(${parameters}) =>${newline}${indent}${piped(writing, stream, [], indent)}${closing(writing)}`,
    },
  ];
}

/** The value on a line of its own, behind the arrow. */
function moved(writing: Writing, caught: string): Edit {
  const { source, projection, newline, unit } = writing;
  const indent = `${indentAt(source.text, projection.getStart(source))}${unit}`;
  const start = projection.equalsGreaterThanToken.end;
  return { at: { start, end: projection.end }, text: `${newline}${indent}${caught}${closing(writing)}` };
}

/** The comma and the line end that follow a last argument which takes several lines. */
function closing({ source, call, projection, newline }: Writing): string {
  const isLast = call.arguments.at(-1) === projection && !call.arguments.hasTrailingComma;
  return isLast ? `,${newline}${indentAt(source.text, projection.getStart(source))}` : '';
}

function piped(writing: Writing, stream: string, operators: readonly string[], indent: string): string {
  const { newline, unit } = writing;
  const inner = `${newline}${indent}${unit}`;
  const all = [...operators, handler(writing, `${indent}${unit}`)].map((it) => `${inner}${it},`);
  return `${stream}.pipe(${all.join('')}${newline}${indent})`;
}

function handler(writing: Writing, indent: string): string {
  const { source, names, newline, unit, call } = writing;
  const end = usesSemicolons(source) ? ';' : '';
  const inner = `${newline}${indent}${unit}`;
  const lines = [`${loggerAt(call)}.error(error)${end}`, `return ${names.EMPTY}${end}`];
  return `${names.catchError}((error) => {${lines.map((it) => `${inner}${it}`).join('')}${newline}${indent}})`;
}

/** The logger that the class holds, else the console. */
function loggerAt(node: ts.Node): string {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isClassLike(at)) continue;
    const held = at.members.flatMap((it) => {
      if (ts.isPropertyDeclaration(it)) return [it.name.getText()];
      return ts.isConstructorDeclaration(it)
        ? it.parameters.filter((one) => (one.modifiers?.length ?? 0) > 0).map((one) => one.name.getText())
        : [];
    });
    const logger = held.find((it) => /^[_#]?logger$/.test(it));
    return logger === undefined ? 'console' : `this.${logger}`;
  }
  return 'console';
}

function isOnLineOf(text: string, start: number, later: number): boolean {
  return !text.slice(start, later).includes('\n');
}

function insertion(start: number, text: string): Edit {
  return { at: { start, end: start }, text };
}
