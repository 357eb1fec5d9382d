// Awaits a call, through `lastValueFrom` where it gives an Observable, and makes the function around it async.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { importOf } from './imports.ts';
import type { AwaitCallPlan } from './plan.ts';

/** The edits of the one file that the call stands in; none where it can't be awaited. */
export function awaitCall(
  { target, through }: AwaitCallPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = ts.createSourceFile(target.file, text, ts.ScriptTarget.Latest, true);
  const call = callAt(source, target.at.start);
  if (!call) return [];
  const around = functionAround(call);
  if (!around && !ts.isExternalModule(source)) return [];
  const edits = through === 'waitForConfirms' ? confirmed(source, call) : wrapped(source, call, through);
  return [{ file: target.file, edits: [...edits, ...(around ? madeAsync(source, around) : [])] }];
}

function wrapped(source: ts.SourceFile, call: ts.CallExpression, name: string | undefined): readonly Edit[] {
  const imported = name === undefined ? undefined : importOf(source, name, 'rxjs');
  return [...awaited(source, call, imported?.name), ...(imported?.edits ?? [])];
}

/** `await channel.waitForConfirms()` behind the statement. */
function confirmed(source: ts.SourceFile, call: ts.CallExpression): readonly Edit[] {
  const statement = ts.findAncestor(call, ts.isExpressionStatement);
  if (!statement || !ts.isPropertyAccessExpression(call.expression)) return [];
  const start = statement.getStart(source);
  const line = source.text.lastIndexOf('\n', start - 1) + 1;
  const indent = /^[ \t]*/.exec(source.text.slice(line, start))?.[0] ?? '';
  const newline = source.text.includes('\r\n') ? '\r\n' : '\n';
  const end = statement.getText(source).endsWith(';') ? ';' : '';
  const channel = call.expression.expression.getText(source);
  const text = `${newline}${indent}await ${channel}.waitForConfirms()${end}`;
  return [{ at: { start: statement.end, end: statement.end }, text }];
}

/** The call whose callee's last name stands at an offset. */
function callAt(source: ts.SourceFile, offset: number): ts.CallExpression | undefined {
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset >= node.end) return;
    if (ts.isCallExpression(node) && nameOf(node.expression).getStart(source) === offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nameOf(callee: ts.Expression): ts.Node {
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}

/** `await` in place of `void`, or before the chain that starts with the call. */
function awaited(
  source: ts.SourceFile,
  call: ts.CallExpression,
  wrapper: string | undefined,
): readonly Edit[] {
  const chain = chainOf(call);
  const outer = chain.parent;
  const start = chain.getStart(source);
  const head = wrapper === undefined ? '' : `${wrapper}(`;
  const tail = wrapper === undefined ? [] : [{ at: { start: chain.end, end: chain.end }, text: ')' }];
  if (ts.isAwaitExpression(outer)) return [{ at: { start, end: start }, text: head }, ...tail];
  const from = ts.isVoidExpression(outer) ? outer.getStart(source) : start;
  return [{ at: { start: from, end: start }, text: `await ${head}` }, ...tail];
}

/** `publish(…).then(…)` is awaited as a whole. */
function chainOf(call: ts.Expression): ts.Expression {
  const access = call.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== call) return call;
  const next = access.parent;
  return ts.isCallExpression(next) && next.expression === access ? chainOf(next) : call;
}

function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  const found = ts.findAncestor(
    node.parent,
    (it) => ts.isFunctionLike(it) || ts.isClassStaticBlockDeclaration(it) || ts.isPropertyDeclaration(it),
  );
  return found && canBeAsync(found) ? found : undefined;
}

/** Whether a function may be made async: no constructor, accessor or signature. */
export function canBeAsync(
  node: ts.Node,
): node is ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration {
  return (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node)
  );
}

/** Makes a function async, with the type that it gives. */
export function madeAsync(source: ts.SourceFile, fn: ts.FunctionLikeDeclaration): readonly Edit[] {
  if (ts.getCombinedModifierFlags(fn) & ts.ModifierFlags.Async) return [];
  const start = asyncPlace(source, fn);
  return [{ at: { start, end: start }, text: 'async ' }, ...promised(source, fn.type)];
}

/** Behind `export`, `public` and the like, before `function` or the name. */
function asyncPlace(source: ts.SourceFile, fn: ts.FunctionLikeDeclaration): number {
  if (ts.isMethodDeclaration(fn)) return fn.name.getStart(source);
  const modifiers = ts.canHaveModifiers(fn) ? ts.getModifiers(fn) : undefined;
  const last = modifiers?.at(-1);
  if (!last) return fn.getStart(source);
  return last.end + (/^\s*/.exec(source.text.slice(last.end))?.[0].length ?? 0);
}

function promised(source: ts.SourceFile, type: ts.TypeNode | undefined): readonly Edit[] {
  if (!type || /^Promise\b/.test(type.getText(source))) return [];
  const start = type.getStart(source);
  return [
    { at: { start, end: start }, text: 'Promise<' },
    { at: { start: type.end, end: type.end }, text: '>' },
  ];
}
