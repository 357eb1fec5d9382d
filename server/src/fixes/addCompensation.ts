// Adds a compensation to a step object in the style of its siblings. It throws until somebody writes it: a saga that can't take a
// step back must say so loudly.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import { bracedBy } from './members.ts';
import type { AddCompensationPlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, quoteOf, unitOf, usesSemicolons } from './style.ts';

const undoing =
  /^(?:compensate|compensation|rollback|undo|revert|compensateFn|onRollback|withCompensation|compensatingAction|backward)$/;

/** The edits of the file that the step stands in. */
export function addCompensation(
  { target, stepName }: AddCompensationPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const name = nodeAt(source, target.at);
  const step = name && ts.findAncestor(name, (it) => ts.isObjectLiteralExpression(it));
  if (!step || !ts.isObjectLiteralExpression(step)) return [];
  const empty = step.properties.find((it) => it.name && undoing.test(it.name.getText(source)));
  const lines = compensation(source, step, stepName);
  if (empty) {
    const at = { start: empty.getStart(source), end: empty.end };
    return [{ file: target.file, edits: [{ at, text: lines }] }];
  }
  const last = step.properties.at(-1);
  const end = last?.end ?? bracedBy(source, step, []).open;
  const newline = newlineOf(text);
  const indent = last ? indentAt(text, last.getStart(source)) : '';
  const isSpread = step.getText(source).includes('\n');
  const hasComma = text.slice(end).trimStart().startsWith(',');
  const inserted = `,${isSpread ? `${newline}${indent}` : ' '}${lines}`;
  // Behind a trailing comma comes the new entry with a comma of its own.
  const place = hasComma ? text.indexOf(',', end) : end;
  return [{ file: target.file, edits: [{ at: { start: place, end: place }, text: inserted }] }];
}

/** As the siblings write it: an arrow function behind a key, or a method. */
function compensation(source: ts.SourceFile, step: ts.ObjectLiteralExpression, stepName: string): string {
  const { text } = source;
  const sibling = siblings(step)
    .flatMap((it) => [...it.properties])
    .find((it) => it.name && undoing.test(it.name.getText(source)) && !isNothing(it));
  const key = sibling?.name?.getText(source) ?? 'compensate';
  const model = sibling ?? step.properties.find((it) => ts.isMethodDeclaration(it));
  const first = step.properties[0];
  const indent = first ? indentAt(text, first.getStart(source)) : '';
  const newline = newlineOf(text);
  const [quote, end] = [quoteOf(text), usesSemicolons(source) ? ';' : ''];
  const message = `${quote}The compensation of ${stepName} is not written yet.${quote}`;
  const body = `{${newline}${indent}${unitOf(text)}throw new Error(${message})${end}${newline}${indent}}`;
  return model && ts.isMethodDeclaration(model) ? `async ${key}() ${body}` : `${key}: async () => ${body}`;
}

function siblings({ parent }: ts.ObjectLiteralExpression): readonly ts.ObjectLiteralExpression[] {
  return ts.isArrayLiteralExpression(parent)
    ? parent.elements.filter((it) => ts.isObjectLiteralExpression(it))
    : [];
}

function isNothing(property: ts.ObjectLiteralElementLike): boolean {
  return ts.isPropertyAssignment(property) && /^(?:null|undefined)$/.test(property.initializer.getText());
}
