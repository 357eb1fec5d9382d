// Lets a handler skip a message that it processed before, by the workspace's own guard or by an inbox in a new file.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import { aroundStatements, aroundValue } from './aroundWork.ts';
import { keyOf } from './guardKey.ts';
import { regionOf } from './guardedRegion.ts';
import { importOfFile } from './imports.ts';
import { inboxBeside, inboxFunction } from './inboxFile.ts';
import type { GuardArgument, GuardHandlerPlan } from './plan.ts';
import { parse, quoteOf } from './style.ts';

/** The edits of the handler's file, and the inbox where there is no guard yet; none where a guard can't go around the work. */
export function guardHandler(
  plan: GuardHandlerPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(plan.target.file);
  if (text === undefined) return [];
  const source = parse(plan.target.file, text);
  const handler = handlerAt(source, plan.target.at.start);
  const body = handler?.body;
  if (!handler || !body) return [];
  const region = ts.isBlock(body) ? regionOf(body) : undefined;
  if (ts.isBlock(body) && !region) return [];
  const key = keyOf(source, handler, plan, region?.before ?? []);
  if (!key || (!region && key.first !== undefined)) return [];
  const { guard, created } = guardOf(plan, source, read);
  const held = region && key.comment !== undefined ? freeName(handler) : undefined;
  const args = argumentsOf(guard.arguments, plan.consumer, held ?? key.text, quoteOf(text));
  const call = `${guard.name}(${args}async () => `;
  const around = region
    ? aroundStatements(source, { handler, region, call, key: { ...key, name: held } })
    : aroundValue(source, body, call);
  const imported = guard.file === undefined ? [] : importOfFile(source, guard.name, guard.file, false);
  return [...created, { file: plan.target.file, edits: [...imported, ...key.edits, ...around] }];
}

/** The function that has its name, or where it has none its `=>` or `function`, there. */
function handlerAt(source: ts.SourceFile, offset: number): ts.FunctionLikeDeclaration | undefined {
  let found: ts.FunctionLikeDeclaration | undefined;
  const visit = (node: ts.Node): void => {
    if (isHandler(node) && placesOf(source, node).includes(offset)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Handler = ts.MethodDeclaration | ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

function isHandler(node: ts.Node): node is Handler {
  const isOne =
    ts.isMethodDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node);
  return isOne && !node.asteriskToken;
}

function placesOf(source: ts.SourceFile, node: Handler): readonly number[] {
  const word = ts.isArrowFunction(node) ? node.equalsGreaterThanToken : node;
  return [node.name, holderOf(node), word].flatMap((it) => (it ? [it.getStart(source)] : []));
}

/** The name of the variable, property or field that holds a function. */
function holderOf(node: Handler): ts.Node | undefined {
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer) || ts.isAsExpression(outer) || ts.isSatisfiesExpression(outer))
    outer = outer.parent;
  return ts.isVariableDeclaration(outer) || ts.isPropertyAssignment(outer) || ts.isPropertyDeclaration(outer)
    ? outer.name
    : undefined;
}

interface Guard {
  /** How the handler calls it. */
  readonly name: string;
  readonly arguments: readonly GuardArgument[];
  /** Where it is imported from. */
  readonly file?: FilePath;
}

function guardOf(
  { existing, store }: GuardHandlerPlan,
  source: ts.SourceFile,
  read: (file: FilePath) => string | undefined,
): { readonly guard: Guard; readonly created: readonly FileEdit[] } {
  if (existing) return { guard: existing, created: [] };
  const { file, created } = inboxBeside(source, store, read);
  return { guard: { file, name: inboxFunction, arguments: ['consumer', 'key'] }, created };
}

/** What stands before the callback. */
function argumentsOf(all: readonly GuardArgument[], consumer: string, key: string, quote: string): string {
  return all.map((it) => `${it === 'key' ? key : `${quote}${consumer}${quote}`}, `).join('');
}

/** A name for the key that the handler does not use yet. */
function freeName(handler: ts.FunctionLikeDeclaration): string {
  return /\bmessageId\b/.test(handler.getText()) ? 'messageKey' : 'messageId';
}
