// Faults of sagas: steps, compensations, what is kept of them.
import ts from 'typescript';
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
const logging = /(?:^|\.)(?:log|logger|console)\.\w+\(/;

export const sagaOperators: readonly Operator[] = [
  {
    name: 'drop a compensation',
    rule: 'missing-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertyAssignment(node) && node.name.getText() === 'compensate')
          yield removed(source, node);
        if (ts.isExpressionStatement(node) && /^compensations\.push\(/.test(node.getText()))
          yield removed(source, node);
      }
    },
  },
  {
    name: 'compensate in the order of the steps',
    rule: 'misordered-compensation',
    *find(source) {
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
    name: 'only log that a compensation failed',
    rule: 'unhandled-compensation-failure',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (
          !ts.isCatchClause(node) ||
          !/compensat|undo/i.test(around(node, ts.isForOfStatement)?.getText() ?? '')
        )
          continue;
        const member = memberAround(node);
        const others = node.block.statements.filter((it) => !logging.test(it.getText()));
        const alarms = [...nodesOf(member)].filter(
          (it) => ts.isExpressionStatement(it) && /alerts\.page/.test(it.getText()),
        );
        const all = [...new Set([...others, ...alarms])];
        yield edited(
          source,
          node,
          all.map((it) => removal(source, it)),
        );
      }
    },
  },
  {
    name: 'wait for ever',
    rule: 'missing-step-timeout',
    *find(source) {
      // Calls outside of sagas may wait as long as their broker lets them.
      if (!/saga(?!-(?:resume|medusa|test))|clients|http/.test(source.file)) return;
      for (const node of nodesOf(source.tree)) {
        if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) continue;
        if (/^(?:signal|timeout)$/.test(node.name.getText())) yield removed(source, node, { symbols: /./ });
      }
    },
  },
  {
    name: 'register the compensation after the step',
    rule: 'late-compensation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (
          !ts.isExpressionStatement(node) ||
          !/^compensations\.push\(/.test(node.getText()) ||
          !ts.isBlock(node.parent)
        )
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
      if (!/saga/i.test(source.file)) return;
      for (const node of nodesOf(source.tree)) {
        if (!ts.isClassDeclaration(node)) continue;
        const kept = node.members.filter(
          (it) => ts.isMethodDeclaration(it) && /^(?:begin|mark)$/.test(it.name.getText()),
        );
        if (kept.length > 0)
          yield edited(
            source,
            node,
            kept.flatMap((it) =>
              ts.isMethodDeclaration(it) && it.body
                ? [{ at: spanOf(it.body), text: '{ this.progress.set(id, true); }' }]
                : [],
            ),
          );
      }
    },
  },
  {
    name: 'repeat the remote call of a step without a key',
    rule: 'non-idempotent-step',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (
          ts.isPropertyAssignment(node) &&
          node.name.getText() === 'headers' &&
          /idempotency/i.test(node.getText()) &&
          !/correlation/i.test(node.getText())
        )
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
        if (!ts.isTryStatement(node) || !/compensations\.push/.test(node.tryBlock.getText())) continue;
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
