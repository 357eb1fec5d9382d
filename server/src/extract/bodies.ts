// The body of a function as actions: calls in the order of evaluation, and the control flow around them.
import { ts } from 'ts-morph';
import type { Action, SwitchAction } from '../facts/actions.ts';
import { bindingOf, idOf, idOfDefault } from './bindings.ts';
import { readClass } from './classes.ts';
import { readCalls } from './calls.ts';
import { deeper, placeOf, type Draft } from './draft.ts';
import { readExpr } from './expressions.ts';
import { functionIdOf } from './functions.ts';
import { isExported } from './modules.ts';

/** Reads a block, a module, or the expression of a concise arrow function. */
export function readBody(draft: Draft, body: ts.Block | ts.SourceFile | ts.Expression): readonly Action[] {
  if (ts.isBlock(body) || ts.isSourceFile(body)) return readStatements(draft, body.statements);
  const value = readExpr(draft, body);
  return [...readCalls(draft, body), { kind: 'return', value, at: placeOf(body, draft.source) }];
}

function readStatements(draft: Draft, statements: readonly ts.Statement[]): readonly Action[] {
  return statements.flatMap((it) => readStatement(draft, it));
}

function readStatement(draft: Draft, node: ts.Statement): readonly Action[] {
  return deeper(draft, node, [], () => readShallow(draft, node));
}

function readShallow(draft: Draft, node: ts.Statement): readonly Action[] {
  if (ts.isExpressionStatement(node)) return readCalls(draft, node.expression);
  if (ts.isVariableStatement(node)) {
    if (ts.isSourceFile(node.parent) || ts.isModuleBlock(node.parent)) recordTopLevel(draft, node);
    return node.declarationList.declarations.flatMap((it) =>
      it.initializer ? readCalls(draft, it.initializer) : [],
    );
  }
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return readExit(draft, node);
  if (ts.isBlock(node)) return readStatements(draft, node.statements);
  if (ts.isIfStatement(node)) return readIf(draft, node);
  if (ts.isTryStatement(node)) return readTry(draft, node);
  if (ts.isSwitchStatement(node)) return readSwitch(draft, node);
  if (ts.isIterationStatement(node, false)) return readLoop(draft, node);
  if (ts.isBreakOrContinueStatement(node)) {
    return [{ kind: ts.isBreakStatement(node) ? 'break' : 'continue', at: placeOf(node, draft.source) }];
  }
  if (ts.isLabeledStatement(node)) return readStatement(draft, node.statement);
  return readDeclaration(draft, node);
}

/** What stands at the top of a module may be referred to by other files only. */
function recordTopLevel(draft: Draft, node: ts.VariableStatement): void {
  for (const { name, initializer } of node.declarationList.declarations)
    if (initializer && !ts.isFunctionLike(initializer)) recordNames(draft, name);
}

function recordNames(draft: Draft, name: ts.BindingName): void {
  if (ts.isIdentifier(name)) bindingOf(draft, name);
  else for (const it of name.elements) if (ts.isBindingElement(it)) recordNames(draft, it.name);
}

/** `export default { … } as const`: other files know it by that word. */
function recordDefault(draft: Draft, { expression }: ts.ExportAssignment): void {
  if (!ts.isIdentifier(expression)) idOfDefault(draft, expression);
}

function readDeclaration(draft: Draft, node: ts.Statement): readonly Action[] {
  if (ts.isFunctionDeclaration(node)) {
    functionIdOf(draft, node);
    if (!node.name && isExported(node)) idOfDefault(draft, node);
  }
  if (ts.isClassDeclaration(node)) return readClass(draft, node);
  if (ts.isExportAssignment(node)) {
    recordDefault(draft, node);
    return readCalls(draft, node.expression);
  }
  if (ts.isModuleDeclaration(node)) return readNamespace(draft, node.body);
  return [];
}

/** `namespace Shop.Orders { … }` has one namespace inside the other. */
function readNamespace(draft: Draft, body: ts.ModuleDeclaration['body']): readonly Action[] {
  if (body && ts.isModuleBlock(body)) return readStatements(draft, body.statements);
  return body && ts.isModuleDeclaration(body) ? readNamespace(draft, body.body) : [];
}

function readExit(draft: Draft, node: ts.ReturnStatement | ts.ThrowStatement): readonly Action[] {
  const kind = ts.isReturnStatement(node) ? 'return' : 'throw';
  const at = placeOf(node, draft.source);
  if (!node.expression) return [{ kind, at }];
  return [...readCalls(draft, node.expression), { kind, value: readExpr(draft, node.expression), at }];
}

function readIf(draft: Draft, node: ts.IfStatement): readonly Action[] {
  const action: Action = {
    kind: 'if',
    condition: readExpr(draft, node.expression),
    then: readStatement(draft, node.thenStatement),
    otherwise: node.elseStatement ? readStatement(draft, node.elseStatement) : [],
    at: placeOf(node.expression, draft.source),
  };
  return [...readCalls(draft, node.expression), action];
}

function readTry(draft: Draft, node: ts.TryStatement): readonly Action[] {
  const clause = node.catchClause;
  const name = clause?.variableDeclaration?.name;
  const error =
    clause && name && ts.isIdentifier(name) ? idOf(draft, { name, node: clause, kind: 'catch' }) : undefined;
  const { source } = draft;
  const word = clause
    ? { start: clause.getStart(source), end: clause.getStart(source) + 'catch'.length }
    : undefined;
  return [
    {
      kind: 'try',
      body: readStatements(draft, node.tryBlock.statements),
      ...(error === undefined ? {} : { error }),
      handler: clause ? readStatements(draft, clause.block.statements) : null,
      ...(word ? { handlerAt: word } : {}),
      finalizer: node.finallyBlock ? readStatements(draft, node.finallyBlock.statements) : [],
      at: placeOf(node, source),
    },
  ];
}

function readSwitch(draft: Draft, node: ts.SwitchStatement): readonly Action[] {
  const cases: SwitchAction['cases'][number][] = [];
  let tests: readonly ReturnType<typeof readExpr>[] = [];
  for (const clause of node.caseBlock.clauses) {
    if (ts.isCaseClause(clause)) tests = [...tests, readExpr(draft, clause.expression)];
    if (clause.statements.length === 0) continue;
    const at = placeOf(ts.isCaseClause(clause) ? clause.expression : clause, draft.source);
    const isDefault = ts.isDefaultClause(clause);
    cases.push({ tests: isDefault ? [] : tests, body: readStatements(draft, clause.statements), at });
    tests = [];
  }
  const on = readExpr(draft, node.expression);
  return [
    ...readCalls(draft, node.expression),
    { kind: 'switch', on, cases, at: placeOf(node.expression, draft.source) },
  ];
}

function readLoop(draft: Draft, node: ts.IterationStatement): readonly Action[] {
  const body = readStatement(draft, node.statement);
  const at = placeOf(node, draft.source);
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const item = loopItem(draft, node.initializer);
    const over = readExpr(draft, node.expression);
    const loop = {
      kind: 'loop',
      ...(item === undefined ? {} : { item }),
      over,
      isEndless: false,
      body,
      at,
    } as const;
    return [...readCalls(draft, node.expression), loop];
  }
  const test = ts.isForStatement(node) ? node.condition : testOf(node);
  const before = ts.isForStatement(node) ? forHead(draft, node) : [];
  const isEndless = test === undefined || test.kind === ts.SyntaxKind.TrueKeyword || test.getText() === '1';
  const condition = test ? { condition: readExpr(draft, test) } : {};
  return [
    ...before,
    { kind: 'loop', isEndless, ...condition, body: [...(test ? readCalls(draft, test) : []), ...body], at },
  ];
}

function testOf(node: ts.IterationStatement): ts.Expression | undefined {
  return ts.isWhileStatement(node) || ts.isDoStatement(node) ? node.expression : undefined;
}

function loopItem(draft: Draft, head: ts.ForInitializer): number | undefined {
  if (!ts.isVariableDeclarationList(head)) return ts.isIdentifier(head) ? bindingOf(draft, head) : undefined;
  const declaration = head.declarations[0];
  if (!declaration || !ts.isIdentifier(declaration.name)) return undefined;
  const kind = head.flags & ts.NodeFlags.Const ? 'const' : 'variable';
  return idOf(draft, { name: declaration.name, node: declaration, kind });
}

function forHead(draft: Draft, node: ts.ForStatement): readonly Action[] {
  const head = node.initializer;
  if (!head) return [];
  if (!ts.isVariableDeclarationList(head)) return readCalls(draft, head);
  return head.declarations.flatMap((it) => (it.initializer ? readCalls(draft, it.initializer) : []));
}
