// Lets what takes a step back be tried again, and escalated where it fails for good: `await compensateOrEscalate('refund', () => …)`.
import { ts } from 'ts-morph';
import { applyEdits, type Edit, type FileEdit, type FilePath } from '../text.ts';
import { canBeAsync, madeAsync } from './awaitCall.ts';
import { awaitEach } from './awaitEach.ts';
import { escalationBeside, escalationFunction } from './escalationFile.ts';
import { holds } from './guardedRegion.ts';
import { importOfFile } from './imports.ts';
import { narrowedIn, type Narrowed } from './narrowed.ts';
import type { EscalateFailurePlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, quoteOf, unitOf, usesSemicolons, widthOf } from './style.ts';

/** The edits of the file that the call stands in, and the helper's where it is new; none where its value is used. */
export function escalateFailure(
  plan: EscalateFailurePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const { target, existing, each } = plan;
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const site = siteAt(source, target.at);
  const looped = each ? awaitEach({ kind: 'await-each', target: each }, read)[0]?.edits : [];
  if (!site || !looped) return [];
  const made = existing ? undefined : escalationBeside(source, plan.uses ?? {}, read);
  const name = existing?.name ?? escalationFunction;
  const file = existing?.file ?? made?.file ?? target.file;
  const wanted = existing?.arguments ?? ['label', 'work'];
  const imports = file === target.file ? [] : importOfFile(source, name, file, false);
  const wrapped = wrapping(source, site, { name, wanted, plan, isInLoop: each !== undefined });
  return [{ file: target.file, edits: [...looped, ...imports, ...wrapped] }, ...(made?.created ?? [])];
}

/** The call, and the whole of what is waited for: `lastValueFrom(client.emit(…))`. */
interface Site {
  readonly call: ts.CallExpression;
  readonly value: ts.Expression;
  /** What stands before the value up to here gives way to `await`. */
  readonly outer: ts.Expression;
  readonly isAwaited: boolean;
}

function siteAt(source: ts.SourceFile, at: EscalateFailurePlan['target']['at']): Site | undefined {
  const name = nodeAt(source, at);
  const call =
    name && ts.findAncestor(name, (it): it is ts.CallExpression => holdsName(source, it, at.start));
  if (!call) return undefined;
  let value: ts.Expression = call;
  while (isPartOf(value.parent, value)) value = value.parent;
  const around = value.parent;
  const isAwaited = ts.isAwaitExpression(around);
  const outer: ts.Expression = ts.isAwaitExpression(around) || ts.isVoidExpression(around) ? around : value;
  const { parent } = outer;
  const isUsed = !ts.isExpressionStatement(parent) && !(ts.isArrowFunction(parent) && parent.body === outer);
  return isUsed ? undefined : { call, value, outer, isAwaited };
}

/** The call whose callee ends in the name, or holds the place of a topic that it is given. */
function holdsName(source: ts.SourceFile, node: ts.Node, start: number): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  const last = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return last.getStart(source) === start;
}

/** `.then(…)` behind it, or a call around it that is given its promise. */
function isPartOf(parent: ts.Node, node: ts.Expression): parent is ts.Expression {
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return (
    ts.isParenthesizedExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    (ts.isCallExpression(parent) && (parent.expression === node || parent.arguments.includes(node)))
  );
}

interface Helper {
  readonly name: string;
  readonly wanted: readonly ('label' | 'work')[];
  readonly plan: EscalateFailurePlan;
  readonly isInLoop: boolean;
}

function wrapping(source: ts.SourceFile, site: Site, helper: Helper): readonly Edit[] {
  const { outer, isAwaited, call } = site;
  const tried = isAwaited ? onlyTried(source, outer) : undefined;
  const start = (tried ?? outer).getStart(source);
  const writing = writingAt(source, start);
  const parts = partsOf(source, site, helper);
  const written = callOf(writing, parts);
  // A loop that was a callback of `forEach` awaits a bare value itself.
  const isAwaitedByLoop = helper.isInLoop && ts.isArrowFunction(outer.parent);
  const prefix = isAwaitedByLoop && !isAwaited ? '' : 'await ';
  // The helper answers for the failure: a try around it that only logs has nothing left to do.
  const end = tried ? tried.end : outer.end;
  const last = tried && usesSemicolons(source) ? ';' : '';
  const isNew = isAwaited || helper.isInLoop;
  const added = isNew ? [] : asyncAround(source, call);
  const bare = tried ? undefined : bareIn(source, outer);
  if (bare === undefined || !written.includes('\n'))
    return [{ at: { start, end }, text: `${prefix}${written}${last}` }, ...added];
  const line = `${writing.newline}${writing.indent}${writing.unit}`;
  const deeper = { ...writing, indent: `${writing.indent}${writing.unit}` };
  return [{ at: { start: bare, end }, text: `${line}${prefix}${callOf(deeper, parts)}` }, ...added];
}

/** Where the condition ends in `if (paymentId) await refund(paymentId)`, on one line and without a block. */
function bareIn(source: ts.SourceFile, { parent: statement }: ts.Expression): number | undefined {
  const isBare = ts.isIfStatement(statement.parent) && statement.parent.thenStatement === statement;
  const between = source.text.slice(statement.pos, statement.getStart(source));
  return isBare && !between.includes('\n') ? statement.pos : undefined;
}

function partsOf(source: ts.SourceFile, { call, value }: Site, { name, wanted, plan }: Helper): Parts {
  const narrowed = narrowedIn(source, call, value);
  const isHanded = plan.existing === undefined;
  const label = labelOf(source, call, plan.label);
  const parameters = isHanded ? narrowed.map((it) => it.name).join(', ') : '';
  const replaced = replacing(narrowed, (it) => (isHanded ? it.name : `${it.text}!`));
  const handed = isHanded ? narrowed.map((it) => it.text) : [];
  const index = wanted.indexOf('work');
  return {
    name,
    before: wanted.slice(0, index).map(() => label),
    head: `${holds(value, ts.isAwaitExpression) ? 'async ' : ''}(${parameters}) =>`,
    work: textWith(source, value, replaced),
    after: [...wanted.slice(index + 1).map(() => label), ...handed],
  };
}

function writingAt({ text }: ts.SourceFile, start: number): Writing {
  return {
    indent: indentAt(text, start),
    column: start - (text.lastIndexOf('\n', start - 1) + 1) + 'await '.length,
    newline: newlineOf(text),
    unit: unitOf(text),
    width: widthOf(text),
  };
}

interface Writing {
  readonly indent: string;
  readonly column: number;
  readonly newline: string;
  readonly unit: string;
  readonly width: number;
}

interface Parts {
  readonly name: string;
  readonly before: readonly string[];
  readonly head: string;
  readonly work: string;
  readonly after: readonly string[];
}

/** On one line where it fits, else as formatters break it. */
function callOf(writing: Writing, { name, before, head, work, after }: Parts): string {
  const { indent, column, newline, unit, width } = writing;
  const oneLine = `${name}(${[...before, `${head} ${work}`, ...after].join(', ')})`;
  if (!work.includes('\n') && column + oneLine.length + 1 <= width) return oneLine;
  const inner = `${newline}${indent}${unit}`;
  if (after.length > 0) {
    const lines = [...before, `${head} ${work.replaceAll('\n', `\n${unit}`)}`, ...after];
    return `${name}(${lines.map((it) => `${inner}${it},`).join('')}${newline}${indent})`;
  }
  const opening = `${name}(${[...before, head].join(', ')}`;
  return `${opening}${inner}${work.replaceAll('\n', `\n${unit}`)},${newline}${indent})`;
}

/** The text of a node after replacements inside. */
function textWith(source: ts.SourceFile, node: ts.Node, edits: readonly Edit[]): string {
  const start = node.getStart(source);
  const inside = edits.map((it) => ({
    text: it.text,
    at: { start: it.at.start - start, end: it.at.end - start },
  }));
  return applyEdits(node.getText(source), inside);
}

function replacing(narrowed: readonly Narrowed[], text: (it: Narrowed) => string): readonly Edit[] {
  return narrowed.flatMap((it) => it.places.map((at) => ({ at, text: text(it) })));
}

function asyncAround(source: ts.SourceFile, call: ts.Node): readonly Edit[] {
  const around = ts.findAncestor(call.parent, ts.isFunctionLike);
  return around && canBeAsync(around) ? madeAsync(source, around) : [];
}

/** `step.name` where the step says it, else the words of the call. */
function labelOf(
  source: ts.SourceFile,
  call: ts.CallExpression,
  label: EscalateFailurePlan['label'],
): string {
  const { expression } = call;
  if ('member' in label && ts.isPropertyAccessExpression(expression))
    return `${expression.expression.getText(source)}.${label.member}`;
  const quote = quoteOf(source.text);
  return `${quote}${'text' in label ? label.text : label.member}${quote}`;
}

/** The try that holds nothing but the compensation, and whose catch only prints. */
function onlyTried(source: ts.SourceFile, outer: ts.Expression): ts.TryStatement | undefined {
  const statement = outer.parent;
  const block = statement.parent;
  if (!ts.isExpressionStatement(statement) || !ts.isBlock(block) || block.statements.length !== 1)
    return undefined;
  const tried = block.parent;
  if (!ts.isTryStatement(tried) || tried.tryBlock !== block || tried.finallyBlock) return undefined;
  const handled = tried.catchClause?.block.statements ?? [];
  return handled.every((it) => /^(?:console|(?:this\.)?_?(?:logger|log))\.\w+\(/.test(it.getText(source)))
    ? tried
    : undefined;
}
