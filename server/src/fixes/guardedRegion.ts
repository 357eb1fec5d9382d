// Which part of a handler a guard goes around: all of it but what only leaves or reads the message before,
// and what acknowledges it after, which has to happen for a repeat too.
import { ts } from 'ts-morph';

export interface Region {
  /** What stays before the guard. */
  readonly before: readonly ts.Statement[];
  /** What goes inside; at least one. */
  readonly inside: readonly ts.Statement[];
  readonly givesValue: boolean;
}

/** Undefined where no guard can go around: it would keep a repeat from being acknowledged. */
export function regionOf(block: ts.Block, outer: readonly ts.Statement[] = []): Region | undefined {
  const { statements } = block;
  const from = openingOf(statements);
  const last = statements.findLastIndex((it) => !isAcknowledging(it));
  if (from < 0 || last < from) return undefined;
  const before = [...outer, ...statements.slice(0, from)];
  const inside = statements.slice(from, last + 1);
  const after = statements.slice(last + 1);
  const [only, second] = inside;
  if (only && !second && ts.isTryStatement(only)) return regionOf(only.tryBlock, before);
  if (inside.some((it) => holds(it, isAcknowledgement)) || sharesNames(inside, after)) return undefined;
  const givesValue = inside.some((it) =>
    holds(it, (node) => ts.isReturnStatement(node) && !!node.expression),
  );
  if (after.length > 0 && inside.some((it) => holds(it, ts.isReturnStatement))) return undefined;
  return { before, inside, givesValue };
}

/** `return;`, or `return message.ack();`. */
function isBare({ expression }: ts.ReturnStatement): boolean {
  return !expression || isAcknowledgement(expression);
}

/** How many statements come before the work: at least all up to the last that leaves with an acknowledgement. */
function openingOf(statements: readonly ts.Statement[]): number {
  const leaving = statements.findLastIndex(
    (it) => ts.isIfStatement(it) && isOpening(it) && holds(it, isAcknowledgement),
  );
  const rest = statements.slice(leaving + 1).findIndex((it) => !isOpening(it));
  return rest < 0 ? -1 : leaving + 1 + rest;
}

/** `if (!message) return;`, `const event = JSON.parse(…);`, a line for the log. */
function isOpening(node: ts.Statement): boolean {
  if (ts.isIfStatement(node)) return !node.elseStatement && leaves(node.thenStatement);
  if (ts.isExpressionStatement(node)) return isLog(node.expression);
  return ts.isVariableStatement(node) && !holds(node, (it) => ts.isAwaitExpression(it) || isDeed(it));
}

function leaves(node: ts.Statement): boolean {
  if (ts.isReturnStatement(node)) return isBare(node);
  if (!ts.isBlock(node)) return ts.isThrowStatement(node);
  const { statements } = node;
  const last = statements.at(-1);
  return (
    last !== undefined &&
    (ts.isThrowStatement(last) || (ts.isReturnStatement(last) && isBare(last))) &&
    statements.slice(0, -1).every((it) => isAcknowledging(it) || isOpening(it))
  );
}

function isLog(node: ts.Expression): boolean {
  return (
    ts.isCallExpression(node) &&
    /^(?:console|(?:this\.)?_?(?:logger|log))\.\w+$/.test(node.expression.getText())
  );
}

const reading = /^(?:parse|safeParse|toString|String|Number|decode|deserialize|from|getMessage|trim)$/;

/** A call or construction that may do more than read the message. */
function isDeed(node: ts.Node): boolean {
  return ts.isNewExpression(node) || (ts.isCallExpression(node) && !reading.test(nameOf(node.expression)));
}

function isAcknowledging(node: ts.Statement): boolean {
  if (!ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  return isAcknowledgement(ts.isAwaitExpression(expression) ? expression.expression : expression);
}

function isAcknowledgement(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    /^(?:ack|ackAll|nack|reject|commitOffsets|resolveOffset)$/.test(nameOf(node.expression))
  );
}

function nameOf(node: ts.Expression): string {
  return ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
}

/** What is declared inside can't be used behind it. */
function sharesNames(inside: readonly ts.Statement[], after: readonly ts.Statement[]): boolean {
  const used = after.map((it) => it.getText()).join('\n');
  const declared = inside
    .filter((it) => ts.isVariableStatement(it))
    .flatMap((it) => it.declarationList.declarations.map(({ name }) => name.getText()));
  return declared.some((it) => used.includes(it));
}

/** Whether a node or one in it is such a one; functions in it are not looked into. */
/** Whether a node is of a kind or holds one that is, other functions left out. */
export function holds(node: ts.Node, is: (node: ts.Node) => boolean): boolean {
  if (is(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (it) => holds(it, is) || undefined) ?? false;
}
