// Faults of sagas: steps, compensations, what is kept of them.
import ts from 'typescript';
import type { Edit } from '../../../server/src/text.ts';
import {
  around,
  calledName,
  edited,
  memberAround,
  nodesOf,
  type Operator,
  removal,
  removed,
  replaced,
  spanOf,
} from '../mutant.ts';

const undoing = /^(?:retry|retried|compensate|undo)$/;
const registering = /^(?:compensations|undo)\.push\(/;
const retrying = /^(?:retry|retried)$/;
const logging = /(?:^|\.)(?:log|logger|console)\.\w+\(/;

export const sagaOperators: readonly Operator[] = [
  {
    name: 'drop a compensation',
    rule: 'missing-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (isCompensation(node) && hasNextStep(node.parent)) yield removed(source, node);
        if (ts.isExpressionStatement(node) && registering.test(node.getText())) yield removed(source, node);
        if (ts.isCallExpression(node) && calledName(node) === 'createStep' && node.arguments[2])
          yield edited(source, node.arguments[2], [removal(source, node.arguments[2])]);
      }
    },
  },
  {
    name: 'compensate in the order of the steps',
    rule: 'misordered-compensation',
    *find(source) {
      // What a test expects is no order in which anything is undone.
      if (/-test\.ts$/.test(source.file)) return;
      for (const node of nodesOf(source.tree)) {
        if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
        if (/^(?:toReversed|reverse)$/.test(calledName(node) ?? ''))
          yield replaced(source, node, node.expression.expression.getText());
      }
    },
  },
  {
    name: 'compensate without waiting',
    rule: 'unawaited-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isAwaitExpression(node) || !undoing.test(calledName(node.expression) ?? '')) continue;
        if (/compensat/i.test(node.getText())) yield replaced(source, node, node.expression.getText());
      }
    },
  },
  {
    name: 'compensate in a forEach that nobody waits for',
    rule: 'unawaited-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (
          !ts.isForOfStatement(node) ||
          !/compensat|toReversed|\.reverse\(/i.test(node.expression.getText())
        )
          continue;
        if (!ts.isVariableDeclarationList(node.initializer) || /\bcontinue\b/.test(node.statement.getText()))
          continue;
        const item = node.initializer.declarations[0]?.name.getText() ?? 'it';
        yield replaced(
          source,
          node,
          `${node.expression.getText()}.forEach(async (${item}) => ${node.statement.getText()});`,
        );
      }
    },
  },
  {
    name: 'try a compensation once, and only log that it failed',
    rule: 'unhandled-compensation-failure',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        const loop = around(node, ts.isForOfStatement);
        if (!ts.isCatchClause(node) || !loop || !/compensat|undo|everse/i.test(loop.expression.getText()))
          continue;
        const member = memberAround(node);
        const others = node.block.statements.filter((it) => !logging.test(it.getText()));
        const alarms = [...nodesOf(member)].filter(isAlarm);
        yield edited(source, node, [
          ...[...new Set([...others, ...alarms])].map((it) => removal(source, it)),
          ...[...nodesOf(node.parent)].flatMap(untried),
          ...[...nodesOf(source.tree)].flatMap(triedOnce),
        ]);
      }
    },
  },
  {
    name: 'wait for ever',
    rule: 'missing-step-timeout',
    *find(source) {
      // Calls outside of sagas may wait as long as their broker lets them.
      if (!/(?:clients|http)\.ts$/.test(source.file)) return;
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertyAssignment(node) && /^(?:signal|timeout)$/.test(node.name.getText()))
          yield removed(source, node, { symbols: /./ });
      }
    },
  },
  {
    name: 'set a limit that nobody keeps',
    rule: 'missing-step-timeout',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isCallExpression(node) && node.getText() === 'AbortSignal.timeout(step.timeoutMs)')
          yield replaced(source, node, 'new AbortController().signal', { symbols: /./ });
      }
    },
  },
  {
    name: 'register the compensation after the step',
    rule: 'late-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isExpressionStatement(node) || !registering.test(node.getText()) || !ts.isBlock(node.parent))
          continue;
        const next = node.parent.statements[node.parent.statements.indexOf(node) + 1];
        if (next)
          yield edited(source, node, [
            { at: spanOf(node), text: next.getText() },
            { at: spanOf(next), text: node.getText() },
          ]);
      }
    },
  },
  {
    name: 'keep the progress in memory',
    rule: 'unpersisted-saga',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isClassDeclaration(node) || !/saga/i.test(node.name?.text ?? '')) continue;
        const kept = node.members.filter(isKeeping);
        const [first] = node.members;
        if (first && kept.length > 0)
          yield edited(
            source,
            node,
            [
              {
                at: { start: first.getStart(), end: first.getStart() },
                text: 'private readonly kept = new Map<string, any>();\n',
              },
              ...kept.map((it) => ({ at: spanOf(it.body), text: keptInMemory(it) })),
            ],
            { symbols: /^(?:Saga|execute)$/ },
          );
      }
    },
  },
  {
    name: 'repeat the remote call of a step without a key',
    rule: 'non-idempotent-step',
    *find(source) {
      if (!/(?:clients|http)\.ts$/.test(source.file)) return;
      for (const node of nodesOf(source.tree)) {
        if (!ts.isPropertyAssignment(node) || !/^'idempotency-key'$/i.test(node.name.getText())) continue;
        // What is set free twice is free.
        if (!/release/.test(around(node, ts.isMethodDeclaration)?.name.getText() ?? ''))
          yield removed(source, node, { symbols: /./ });
      }
    },
  },
  {
    name: 'leave no trace of steps and compensations',
    rule: 'unlogged-step',
    *find(source) {
      if (!/saga\.ts$/.test(source.file)) return;
      const logs = [...nodesOf(source.tree)].filter(
        (it) => ts.isExpressionStatement(it) && /^this\.log(?:ger)?\./.test(it.getText()),
      );
      const [first] = logs;
      if (first)
        yield edited(
          source,
          first,
          logs.map((it) => removal(source, it)),
          { symbols: /./ },
        );
    },
  },
  {
    name: 'tell the customer before the steps that can fail',
    rule: 'early-irreversible-step',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isTryStatement(node) || !/(?:compensations|undo)\.push/.test(node.tryBlock.getText()))
          continue;
        const [first] = node.tryBlock.statements;
        const mail =
          "await this.mailer.sendMail({ to: order.customerEmail, subject: 'Booked', text: 'Have a good time.' });\n";
        if (first)
          yield edited(source, first, [
            { at: { start: first.getStart(), end: first.getStart() }, text: mail },
          ]);
      }
    },
  },
];

function isCompensation(node: ts.Node): node is ts.ObjectLiteralElementLike {
  if (ts.isMethodDeclaration(node))
    return ts.isObjectLiteralExpression(node.parent) && node.name.getText() === 'compensate';
  const isNamed = ts.isPropertyAssignment(node) && node.name.getText() === 'compensate';
  return isNamed && node.initializer.kind !== ts.SyntaxKind.NullKeyword;
}

/** Nothing has to take back the last step. */
function hasNextStep(step: ts.Node): boolean {
  return ts.isArrayLiteralExpression(step.parent) && step.parent.elements.at(-1) !== step;
}

/** A call of a human, with the condition around it. */
function isAlarm(node: ts.Node): boolean {
  if (
    !ts.isStatement(node) ||
    !/^(?:if \(.*\) )?await \S*(?:alerts\.page|alertPeople)\(/.test(node.getText())
  )
    return false;
  return !ts.isIfStatement(node.parent);
}

/** `await retry(() => step.compensate(), limits)` → `await step.compensate()`. */
function untried(node: ts.Node): readonly Edit[] {
  const [work] = ts.isCallExpression(node) && retrying.test(calledName(node) ?? '') ? node.arguments : [];
  return work && ts.isArrowFunction(work) ? [{ at: spanOf(node), text: work.body.getText() }] : [];
}

/** Temporal tries an activity again and again unless it is told not to. */
function triedOnce(node: ts.Node): readonly Edit[] {
  const isLimit = ts.isPropertyAssignment(node) && node.name.getText() === 'scheduleToCloseTimeout';
  return isLimit ? [{ at: spanOf(node), text: 'retry: { maximumAttempts: 1 }' }] : [];
}

type Keeping = ts.MethodDeclaration & { readonly body: ts.Block };

function isKeeping(node: ts.ClassElement): node is Keeping {
  return (
    ts.isMethodDeclaration(node) &&
    node.body !== undefined &&
    /^(?:begin|mark|create|save|find|claimAbandoned)$/.test(node.name.getText())
  );
}

function keptInMemory({ name, parameters }: Keeping): string {
  const [first = '', second] = parameters.map((it) => it.name.getText());
  if (first === '') return '{ return []; }';
  if (name.getText() === 'find') return `{ return this.kept.get(${first}); }`;
  return second === undefined
    ? `{ this.kept.set(${first}.id, ${first}); return ${first}; }`
    : `{ this.kept.set(${first}, ${second}); }`;
}
