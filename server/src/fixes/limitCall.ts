// Limits how long a call may take: a signal in its options, an operator of RxJS behind it, or a helper around it.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { holds } from './guardedRegion.ts';
import { importOf, importOfFile } from './imports.ts';
import type { LimitCallPlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse } from './style.ts';
import { timeoutBeside, timeoutFunction } from './timeoutFile.ts';

const limit = '5_000';
const signal = `AbortSignal.timeout(${limit})`;

/** The edits of the file that the call stands in, and the helper's where it is new; none where the call is not there. */
export function limitCall(
  plan: LimitCallPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const { target, by } = plan;
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const call = callAt(source, target.at);
  if (!call) return [];
  if (by === 'helper') return inHelper(source, call, plan, read);
  const edits = by === 'pipe' ? piped(source, call) : signalled(source, call, plan.options ?? 1);
  return edits.length > 0 ? [{ file: target.file, edits }] : [];
}

function callAt(source: ts.SourceFile, at: LimitCallPlan['target']['at']): ts.CallExpression | undefined {
  const name = nodeAt(source, at);
  if (!name) return undefined;
  return ts.findAncestor(name, (it): it is ts.CallExpression => {
    if (!ts.isCallExpression(it)) return false;
    const callee = it.expression;
    const last = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    return last.getStart(source) === at.start;
  });
}

/** `fetch(url)` becomes `fetch(url, { signal: AbortSignal.timeout(5_000) })`. */
function signalled(source: ts.SourceFile, call: ts.CallExpression, index: number): readonly Edit[] {
  const options = call.arguments[index];
  if (options && ts.isObjectLiteralExpression(options)) return [withSignal(source, options)];
  if (options) {
    const { start, end } = { start: options.getStart(source), end: options.end };
    const isPlain =
      ts.isIdentifier(options) || ts.isPropertyAccessExpression(options) || ts.isCallExpression(options);
    const own = options.getText(source);
    return [{ at: { start, end }, text: `{ ...${isPlain ? own : `(${own})`}, signal: ${signal} }` }];
  }
  const last = call.arguments.at(-1);
  if (!last || call.arguments.some((it) => ts.isSpreadElement(it))) return [];
  const missing = Array<string>(index - call.arguments.length).fill('undefined');
  const added = [...missing, `{ signal: ${signal} }`].join(', ');
  return [insertion(last.end, `, ${added}`)];
}

function withSignal(source: ts.SourceFile, object: ts.ObjectLiteralExpression): Edit {
  const entry = `signal: ${signal}`;
  const last = object.properties.at(-1);
  if (!last) return { at: { start: object.getStart(source), end: object.end }, text: `{ ${entry} }` };
  const { text } = source;
  const isOnLines = text.slice(object.getStart(source), last.getStart(source)).includes('\n');
  if (!isOnLines) return insertion(last.end, `, ${entry}`);
  const line = `${newlineOf(text)}${indentAt(text, last.getStart(source))}${entry}`;
  const { hasTrailingComma } = object.properties;
  return hasTrailingComma ? insertion(object.properties.end, `${line},`) : insertion(last.end, `,${line}`);
}

/** `client.send(…)` becomes `client.send(…).pipe(timeout(5_000))`. */
function piped(source: ts.SourceFile, call: ts.CallExpression): readonly Edit[] {
  const from =
    source.text.includes("'rxjs/operators'") || source.text.includes('"rxjs/operators"')
      ? 'rxjs/operators'
      : 'rxjs';
  const { name, edits } = importOf(source, 'timeout', from);
  const operator = `${name}(${limit})`;
  const access = call.parent;
  const pipe =
    ts.isPropertyAccessExpression(access) && access.name.text === 'pipe' && ts.isCallExpression(access.parent)
      ? access.parent
      : undefined;
  const first = pipe?.arguments[0];
  const start = first?.getStart(source);
  if (start === undefined) return [insertion(call.end, `.pipe(${operator})`), ...edits];
  const isOnLine = !source.text.slice(call.end, start).includes('\n');
  const between = isOnLine ? ' ' : `${newlineOf(source.text)}${indentAt(source.text, start)}`;
  return [insertion(start, `${operator},${between}`), ...edits];
}

/** `await post(…)` becomes `await withTimeout(post(…), 5_000)`. */
function inHelper(
  source: ts.SourceFile,
  call: ts.CallExpression,
  { target, existing }: LimitCallPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const made = existing ? undefined : timeoutBeside(source, read);
  const name = existing?.name ?? timeoutFunction;
  const file = existing?.file ?? made?.file ?? target.file;
  const chain = chainOf(call);
  const arrow = holds(chain, ts.isAwaitExpression) ? 'async () => ' : '() => ';
  const [before, after] = aroundOf(existing?.arguments ?? ['promise', 'limit'], arrow);
  const imports = file === target.file ? [] : importOfFile(source, name, file, false);
  const edits = [
    insertion(chain.getStart(source), `${name}(${before}`),
    insertion(chain.end, `${after})`),
    ...imports,
  ];
  return [{ file: target.file, edits }, ...(made?.created ?? [])];
}

/** What stands before and behind the call in the helper's arguments. */
function aroundOf(
  wanted: readonly ('promise' | 'function' | 'limit')[],
  arrow: string,
): readonly [string, string] {
  const index = wanted.findIndex((it) => it !== 'limit');
  const head = wanted[index] === 'function' ? arrow : '';
  return index === 0 ? [head, `, ${limit}`] : [`${limit}, ${head}`, ''];
}

/** `post(…).then(…)` is limited as a whole. */
function chainOf(call: ts.Expression): ts.Expression {
  const access = call.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== call) return call;
  const next = access.parent;
  return ts.isCallExpression(next) && next.expression === access ? chainOf(next) : call;
}

function insertion(start: number, text: string): Edit {
  return { at: { start, end: start }, text };
}
