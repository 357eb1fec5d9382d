// Takes back a step that is a call in a function: on the stack of compensations where there is one, else in a catch. What it calls
// throws until somebody writes it.
import { ts } from 'ts-morph';
import type { Edit } from '../text.ts';
import type { AddCompensationPlan } from './plan.ts';
import { indentAt, newlineOf, quoteOf, unitOf, usesSemicolons } from './style.ts';

const stacks = /compensat|rollback|undo|revert|cleanup/i;

/** How new lines are written at a place. */
interface Writing {
  readonly source: ts.SourceFile;
  readonly newline: string;
  readonly unit: string;
  readonly end: string;
}

/** The edits for the call whose name is at hand and that did what `deed` names (`stock.reserve`). */
export function compensateCall(
  source: ts.SourceFile,
  name: ts.Node,
  deed: string,
  existing: AddCompensationPlan['existing'],
): readonly Edit[] {
  const step = ts.findAncestor(name, (it) => ts.isStatement(it) && !ts.isBlock(it));
  const fn = ts.findAncestor(name, (it) => ts.isFunctionLike(it));
  if (!step || !fn || !isAsync(fn)) return [];
  const { text } = source;
  const writing: Writing = {
    source,
    newline: newlineOf(text),
    unit: unitOf(text),
    end: usesSemicolons(source) ? ';' : '',
  };
  if (existing) {
    const found = existingCall(source, name, existing);
    return found ? [...taken(writing, fn, step, found.call), ...found.edits] : [];
  }
  const undo = undoName(deed);
  const method = ts.findAncestor(name, (it) => ts.isMethodDeclaration(it));
  const call = method ? `this.${undo}()` : `${undo}()`;
  const declared = declaration(writing, method ?? topOf(name), undo, method !== undefined);
  const edits = taken(writing, fn, step, call);
  return edits.length > 0 ? [...edits, declared] : [];
}

/** `stock.release(orderId)` beside `stock.reserve(orderId)`; an activity is taken out of the pattern that gave the step. */
function existingCall(
  source: ts.SourceFile,
  name: ts.Node,
  { name: undo, takes, isMember }: NonNullable<AddCompensationPlan['existing']>,
): { readonly call: string; readonly edits: readonly Edit[] } | undefined {
  const callee = ts.isPropertyAccessExpression(name.parent) ? name.parent : name;
  const made = callee.parent;
  if (!ts.isCallExpression(made) || made.arguments.length < takes) return undefined;
  const args = made.arguments.slice(0, takes).map((it) => it.getText(source));
  const receiver =
    isMember && ts.isPropertyAccessExpression(callee) ? callee.expression.getText(source) : undefined;
  const call = `${receiver === undefined ? '' : `${receiver}.`}${undo}(${args.join(', ')})`;
  return { call, edits: receiver === undefined ? patternEdits(source, name.getText(source), undo) : [] };
}

/** The name joins the pattern that the step's own name was taken out of. */
function patternEdits(source: ts.SourceFile, step: string, undo: string): readonly Edit[] {
  const pattern = first(source, (it): it is ts.ObjectBindingPattern => {
    return ts.isObjectBindingPattern(it) && it.elements.some((one) => one.name.getText(source) === step);
  });
  const isThere = pattern?.elements.some((it) => it.name.getText(source) === undo);
  const own = pattern?.elements.find((it) => it.name.getText(source) === step);
  return !own || isThere ? [] : [{ at: { start: own.end, end: own.end }, text: `, ${undo}` }];
}

function taken(writing: Writing, fn: ts.Node, step: ts.Node, call: string): readonly Edit[] {
  const push = pushIn(fn);
  if (push) return [pushed(writing, push, step, call)];
  const handler = catchAfter(fn, step);
  return handler ? [caught(writing, handler, call)] : wrapped(writing, step, call);
}

/** Known before the step runs: it may take effect and fail all the same. */
function pushed(
  { source, newline, end }: Writing,
  push: ts.CallExpression,
  step: ts.Node,
  call: string,
): Edit {
  const start = step.getStart(source);
  const indent = indentAt(source.text, start);
  const line = `${push.expression.getText(source)}(() => ${call})${end}`;
  return { at: { start, end: start }, text: `${line}${newline}${indent}` };
}

function pushIn(fn: ts.Node): ts.CallExpression | undefined {
  return first(fn, (it): it is ts.CallExpression => {
    if (!ts.isCallExpression(it) || !ts.isPropertyAccessExpression(it.expression)) return false;
    const { expression, name } = it.expression;
    const takesFunction = it.arguments.some((arg) => ts.isArrowFunction(arg) || ts.isIdentifier(arg));
    return takesFunction && /^(?:push|unshift)$/.test(name.text) && stacks.test(expression.getText());
  });
}

/** The catch of a try that holds the step or stands behind it. */
function catchAfter(fn: ts.Node, step: ts.Node): ts.CatchClause | undefined {
  const found = first(fn, (it): it is ts.CatchClause => ts.isCatchClause(it) && it.pos > step.end);
  return found && ts.findAncestor(found.parent, (it) => it === step.parent || it === fn) ? found : undefined;
}

/** Before what the catch takes back already: the last step comes first. */
function caught({ source, newline, unit, end }: Writing, { block }: ts.CatchClause, call: string): Edit {
  const [head] = block.statements;
  if (head) {
    const start = head.getStart(source);
    const indent = indentAt(source.text, start);
    return { at: { start, end: start }, text: `await ${call}${end}${newline}${indent}` };
  }
  const indent = indentAt(source.text, block.parent.getStart(source));
  const start = block.getStart(source) + 1;
  return {
    at: { start, end: block.end - 1 },
    text: `${newline}${indent}${unit}await ${call}${end}${newline}${indent}`,
  };
}

/** The step and what follows it, up to the end of the block, in a new try. */
function wrapped({ source, newline, unit, end }: Writing, step: ts.Node, call: string): readonly Edit[] {
  const block = step.parent;
  if (!ts.isBlock(block)) return [];
  const start = step.getStart(source);
  const last = block.statements.at(-1)?.end ?? step.end;
  const indent = indentAt(source.text, start);
  const inner = `${newline}${indent}${unit}`;
  const tail = `${newline}${indent}} catch (error) {${inner}await ${call}${end}${inner}throw error${end}${newline}${indent}}`;
  return [
    { at: { start, end: start }, text: `try {${inner}` },
    ...linesIn(source, start, last).map((it) => ({ at: { start: it, end: it }, text: unit })),
    { at: { start: last, end: last }, text: tail },
  ];
}

/** Starts of the lines in a range, but not of those inside a template or empty ones. */
function linesIn(source: ts.SourceFile, start: number, end: number): readonly number[] {
  const { text } = source;
  const templates: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) templates.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...text.slice(start, end).matchAll(/\n/g)].flatMap(({ index }) => {
    const line = start + index + 1;
    const isInside = templates.some((it) => it.getStart(source) < line && line <= it.end);
    return isInside || /^\r?\n/.test(text.slice(line)) ? [] : [line];
  });
}

function declaration(
  { source, newline, unit, end }: Writing,
  after: ts.Node,
  name: string,
  isMethod: boolean,
): Edit {
  const indent = indentAt(source.text, after.getStart(source));
  const quote = quoteOf(source.text);
  const isTyped = /\.[cm]?tsx?$/.test(source.fileName);
  const head = `${isMethod ? (isTyped ? 'private async ' : 'async ') : 'async function '}${name}()${isTyped ? ': Promise<void>' : ''}`;
  const message = `${quote}${name} is not written yet.${quote}`;
  const body = `{${newline}${indent}${unit}throw new Error(${message})${end}${newline}${indent}}`;
  return { at: { start: after.end, end: after.end }, text: `${newline}${newline}${indent}${head} ${body}` };
}

function topOf(node: ts.Node): ts.Node {
  return ts.isSourceFile(node.parent) ? node : topOf(node.parent);
}

function isAsync(fn: ts.Node): boolean {
  return (
    ts.canHaveModifiers(fn) &&
    (ts.getModifiers(fn) ?? []).some((it) => it.kind === ts.SyntaxKind.AsyncKeyword)
  );
}

function first<T extends ts.Node>(root: ts.Node, matches: (node: ts.Node) => node is T): T | undefined {
  let found: T | undefined;
  const visit = (node: ts.Node): void => {
    if (!found && matches(node)) found = node;
    if (!found) ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** `chargeCard` says what it is about, `reserve` does not without `stock`. */
function undoName(deed: string): string {
  const path = deed.split('.');
  const isTelling = /[a-z][A-Z]/.test(path.at(-1) ?? '');
  return `compensate${path
    .slice(isTelling ? -1 : -2)
    .map(capitalised)
    .join('')}`;
}

function capitalised(word: string): string {
  const name = word.replace(/[^A-Za-z\d_$]/g, '');
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
