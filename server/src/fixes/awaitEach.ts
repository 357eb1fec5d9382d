// Turns `list.forEach(async (item) => …)` into a loop that waits for each: `for (const item of list) …`.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { canBeAsync, madeAsync } from './awaitCall.ts';
import type { AwaitEachPlan } from './plan.ts';
import { nodeAt, parse } from './style.ts';

/** The edits of the one file; none where the call is no statement, or its callback says more than a loop's body can. */
export function awaitEach(
  { target }: AwaitEachPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const name = nodeAt(source, target.at);
  const each = name && eachAt(source, name);
  if (!each) return [];
  const around = ts.findAncestor(each.statement, ts.isFunctionLike);
  if (around ? !canBeAsync(around) : !ts.isExternalModule(source)) return [];
  const edits = [...headOf(each), ...bodyOf(each)];
  return [
    {
      file: target.file,
      edits: [...edits, ...(around && canBeAsync(around) ? madeAsync(source, around) : [])],
    },
  ];
}

interface Each {
  readonly source: ts.SourceFile;
  readonly statement: ts.ExpressionStatement;
  readonly call: ts.CallExpression;
  readonly list: ts.Expression;
  readonly callback: ts.ArrowFunction | ts.FunctionExpression;
  readonly returns: readonly ts.ReturnStatement[];
}

function eachAt(source: ts.SourceFile, name: ts.Node): Each | undefined {
  const access = name.parent;
  if (!ts.isPropertyAccessExpression(access) || !ts.isCallExpression(access.parent)) return undefined;
  const call = access.parent;
  const outer = ts.isVoidExpression(call.parent) ? call.parent.parent : call.parent;
  const [callback, ...others] = call.arguments;
  if (!ts.isExpressionStatement(outer) || others.length > 0 || !callback) return undefined;
  if (!ts.isArrowFunction(callback) && !ts.isFunctionExpression(callback)) return undefined;
  const [first, second, ...more] = callback.parameters;
  const isPlain = [first, second].every((it) => !it || (!it.initializer && !it.dotDotDotToken));
  const returns = returnsIn(callback.body);
  if (!first || !isPlain || more.length > 0 || returns.some((it) => it.expression)) return undefined;
  return { source, statement: outer, call, list: access.expression, callback, returns };
}

function returnsIn(body: ts.Node): readonly ts.ReturnStatement[] {
  const found: ts.ReturnStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isForStatement(node) || ts.isForOfStatement(node)) return;
    if (ts.isReturnStatement(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** `for (const item of list) ` in place of `list.forEach(async (item) => `. */
function headOf({ source, statement, list, callback }: Each): readonly Edit[] {
  const [item, index] = callback.parameters.map((it) => it.name.getText(source));
  const variable = index === undefined ? item : `[${index}, ${item}]`;
  const start = statement.getStart(source);
  const body = callback.body.getStart(source);
  const entries = index === undefined ? '' : '.entries()';
  // A list that is perhaps not there: `ids?.forEach(…)`.
  const [open, close] = isOptional(list)
    ? index === undefined
      ? ['', ' ?? []']
      : ['(', ' ?? [])']
    : ['', ''];
  const isAwaited = ts.isBlock(callback.body) || ts.isAwaitExpression(callback.body);
  return [
    { at: { start, end: list.getStart(source) }, text: `for (const ${variable} of ${open}` },
    { at: { start: list.end, end: body }, text: `${close}${entries}) ${isAwaited ? '' : 'await '}` },
  ];
}

function isOptional({ parent }: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(parent) && parent.questionDotToken !== undefined;
}

function bodyOf({ source, statement, call, callback, returns }: Each): readonly Edit[] {
  const { body } = callback;
  const end = ts.isBlock(body) ? statement.end : call.end;
  const skipped = returns.map((it) => ({
    at: { start: it.getStart(source), end: it.getStart(source) + 'return'.length },
    text: 'continue',
  }));
  return [...skipped, { at: { start: body.end, end }, text: '' }];
}
