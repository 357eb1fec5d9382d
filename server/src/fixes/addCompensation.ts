// Adds a compensation to a step in the style of its saga. It throws until somebody writes it: a saga that can't take a step back
// must say so loudly.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { compensateCall } from './compensateCall.ts';
import { bracedBy } from './members.ts';
import type { AddCompensationPlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, quoteOf, unitOf, usesSemicolons } from './style.ts';

const undoing =
  /^(?:compensate|compensation|rollback|undo|revert|compensateFn|onRollback|withCompensation|compensatingAction|backward)$/;

/** The edits of the file that the step stands in. */
export function addCompensation(
  plan: AddCompensationPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(plan.target.file);
  if (text === undefined) return [];
  const source = parse(plan.target.file, text);
  const name = nodeAt(source, plan.target.at);
  const edits = name ? editsFor(source, name, plan) : [];
  return edits.length === 0 ? [] : [{ file: plan.target.file, edits }];
}

function editsFor(source: ts.SourceFile, name: ts.Node, plan: AddCompensationPlan): readonly Edit[] {
  if (plan.deed !== undefined) return compensateCall(source, name, plan.deed, plan.existing);
  if (ts.isClassDeclaration(name.parent)) return inClass(source, name.parent, plan);
  const step = ts.findAncestor(name, (it) => ts.isObjectLiteralExpression(it) || ts.isCallExpression(it));
  if (step && ts.isCallExpression(step)) return inCall(source, step, plan);
  const made = step && configured(step);
  if (made) return inCall(source, made, plan);
  return step && ts.isObjectLiteralExpression(step) ? inObject(source, step, plan) : [];
}

/** `createStep({ name: 'charge', timeout: 10 }, async () => …)`: the object says how the step is run, the call what it does. */
function configured({ parent }: ts.Node): ts.CallExpression | undefined {
  const isMade = ts.isCallExpression(parent) && parent.arguments.slice(1).some(ts.isArrowFunction);
  return isMade ? parent : undefined;
}

/** A new entry behind the last, or in place of one that does nothing. */
function inObject(
  source: ts.SourceFile,
  step: ts.ObjectLiteralExpression,
  { stepName, key }: AddCompensationPlan,
): readonly Edit[] {
  const { text } = source;
  const entry = writtenEntry(source, step, stepName, key);
  const empty = step.properties.find((it) => it.name && undoing.test(it.name.getText(source)));
  if (empty) return [{ at: { start: empty.getStart(source), end: empty.end }, text: entry }];
  const last = step.properties.at(-1);
  const end = last?.end ?? bracedBy(source, step, []).open;
  const indent = last ? indentAt(text, last.getStart(source)) : '';
  const isSpread = step.getText(source).includes('\n');
  // Behind a trailing comma comes the new entry with a comma of its own.
  const place = text.slice(end).trimStart().startsWith(',') ? text.indexOf(',', end) : end;
  const inserted = `,${isSpread ? `${newlineOf(text)}${indent}` : ' '}${entry}`;
  return [{ at: { start: place, end: place }, text: inserted }];
}

/** As the siblings write it: an arrow function behind a key, or a method. */
function writtenEntry(
  source: ts.SourceFile,
  step: ts.ObjectLiteralExpression,
  stepName: string,
  key: string | undefined,
): string {
  const sibling = siblings(step)
    .flatMap((it) => [...it.properties])
    .find((it) => it.name && undoing.test(it.name.getText(source)) && !isNothing(it));
  const name = sibling?.name?.getText(source) ?? key ?? 'compensate';
  const model = sibling ?? step.properties.find((it) => ts.isMethodDeclaration(it));
  const first = step.properties[0];
  const body = throwingBody(source, first ? indentAt(source.text, first.getStart(source)) : '', stepName);
  return model && ts.isMethodDeclaration(model) ? `async ${name}() ${body}` : `${name}: async () => ${body}`;
}

function siblings({ parent }: ts.ObjectLiteralExpression): readonly ts.ObjectLiteralExpression[] {
  return ts.isArrayLiteralExpression(parent)
    ? parent.elements.filter((it) => ts.isObjectLiteralExpression(it))
    : [];
}

function isNothing(property: ts.ObjectLiteralElementLike): boolean {
  return ts.isPropertyAssignment(property) && /^(?:null|undefined)$/.test(property.initializer.getText());
}

/**
 * `.step('charge').invoke(f)` gets the sibling's call behind it, its options an entry; `createStep('charge', f)` one more argument.
 * One that does nothing is replaced.
 */
function inCall(source: ts.SourceFile, call: ts.CallExpression, plan: AddCompensationPlan): readonly Edit[] {
  const { text } = source;
  const last = call.arguments.at(-1);
  if (plan.call !== undefined) return behindCall(source, call, plan.call, plan.stepName);
  if (last && ts.isObjectLiteralExpression(last)) return inObject(source, last, plan);
  if (!last || call.arguments.length === 1) return [];
  const options = chainAround(call).flatMap(({ arguments: args }) => args.filter(isUndoingOptions));
  const [model] = options;
  const indent = indentAt(text, call.getStart(source));
  const empty = isFunction(call.arguments.at(-2)) && isFunction(last) ? last.body : undefined;
  if (empty) {
    const at = { start: empty.getStart(source), end: empty.end };
    return [{ at, text: throwingBody(source, indentAt(text, at.start), plan.stepName) }];
  }
  const written = model
    ? `{ ${keyIn(source, model)}: async () => ${throwingBody(source, indent, plan.stepName)} }`
    : `async () => ${throwingBody(source, indent, plan.stepName)}`;
  return [{ at: { start: last.end, end: last.end }, text: `, ${written}` }];
}

function isFunction(node: ts.Node | undefined): node is ts.ArrowFunction | ts.FunctionExpression {
  return node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));
}

function behindCall(
  source: ts.SourceFile,
  call: ts.CallExpression,
  key: string,
  stepName: string,
): readonly Edit[] {
  const { text } = source;
  const isWhole = call.arguments.some((it) => !ts.isStringLiteralLike(it));
  const action = isWhole ? call : nextInChain(call);
  if (!action || !ts.isPropertyAccessExpression(action.expression)) return [];
  const name = action.expression.name.getStart(source);
  const indent = indentAt(text, name);
  const head = /\n\s*\.\s*$/.test(text.slice(0, name)) ? `${newlineOf(text)}${indent}` : '';
  const body = throwingBody(source, indent, stepName);
  return [{ at: { start: action.end, end: action.end }, text: `${head}.${key}(async () => ${body})` }];
}

/** The calls of the chain that a call is part of. */
function chainAround(call: ts.CallExpression): readonly ts.CallExpression[] {
  let outermost = call;
  for (let next = nextInChain(call); next; next = nextInChain(next)) outermost = next;
  const found: ts.CallExpression[] = [];
  let at: ts.Expression = outermost;
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    found.push(at);
    at = at.expression.expression;
  }
  return found;
}

function isUndoingOptions(node: ts.Expression): node is ts.ObjectLiteralExpression {
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.some((it) => it.name !== undefined && undoing.test(it.name.getText()))
  );
}

function keyIn(source: ts.SourceFile, { properties }: ts.ObjectLiteralExpression): string {
  const names = properties.map((it) => it.name?.getText(source) ?? '');
  return names.find((it) => undoing.test(it)) ?? 'compensate';
}

function nextInChain(call: ts.CallExpression): ts.CallExpression | undefined {
  const access = call.parent;
  const next = ts.isPropertyAccessExpression(access) ? access.parent : undefined;
  return next && ts.isCallExpression(next) ? next : undefined;
}

/** A method behind the last member, or in place of an own one that does nothing. */
function inClass(
  source: ts.SourceFile,
  node: ts.ClassDeclaration,
  { stepName, key }: AddCompensationPlan,
): readonly Edit[] {
  const last = node.members.at(-1);
  if (!last || key === undefined) return [];
  const { text } = source;
  const own = node.members.find((it) => ts.isMethodDeclaration(it) && it.name.getText(source) === key);
  const indent = indentAt(text, last.getStart(source));
  const newline = newlineOf(text);
  if (own && ts.isMethodDeclaration(own) && own.body) {
    const at = { start: own.body.getStart(source), end: own.body.end };
    return [{ at, text: throwingBody(source, indent, stepName) }];
  }
  const method = `async ${key}(): Promise<void> ${throwingBody(source, indent, stepName)}`;
  const isDerived = node.heritageClauses?.some((it) => it.token === ts.SyntaxKind.ExtendsKeyword);
  const usesOverride = /\boverride\b/.test(text) && isDerived;
  const written = `${usesOverride ? 'override ' : ''}${method}`;
  return [{ at: { start: last.end, end: last.end }, text: `${newline}${newline}${indent}${written}` }];
}

function throwingBody(source: ts.SourceFile, indent: string, stepName: string): string {
  const { text } = source;
  const newline = newlineOf(text);
  const [quote, end] = [quoteOf(text), usesSemicolons(source) ? ';' : ''];
  const message = `${quote}The compensation of ${stepName} is not written yet.${quote}`;
  return `{${newline}${indent}${unitOf(text)}throw new Error(${message})${end}${newline}${indent}}`;
}
