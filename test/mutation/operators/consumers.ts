// Faults of whoever handles a message.
import ts from 'typescript';
import { forgetting, mentionOf } from '../forgetting.ts';
import {
  around,
  calledName,
  edited,
  isHandler,
  nodesOf,
  type Operator,
  removal,
  removed,
  replaced,
  type Source,
  spanOf,
} from '../mutant.ts';

const failure = /(?:Failed|Declined|Rejected)$/i;

export const consumerOperators: readonly Operator[] = [
  {
    name: 'remove the guard against redeliveries',
    rule: 'non-idempotent-consumer',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isIfStatement(node) && /isFirstDelivery/.test(node.expression.getText()))
          yield removed(source, node);
        const work =
          ts.isCallExpression(node) && calledName(node) === 'processOnce' ? node.arguments.at(-1) : undefined;
        const database = /this\./.test(node.getText().split('(')[0] ?? '') ? 'this.database.' : 'prisma.$';
        if (work && ts.isArrowFunction(work))
          yield replaced(source, node, `${database}transaction(${work.getText()})`);
      }
    },
  },
  {
    name: 'swallow what fails in a handler',
    rule: 'swallowed-error',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!isHandler(node)) continue;
        const body = node.body.getText().slice(1, -1);
        yield replaced(
          source,
          node.body,
          `{ try {${body}} catch (error) { console.error('not handled', error); } }`,
        );
      }
    },
  },
  {
    name: 'acknowledge before the work is done',
    rule: 'early-ack',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isAwaitExpression(node) || !ts.isExpressionStatement(node.parent)) continue;
        const called = calledName(node.expression) ?? '';
        const handles = /^(?:run|handle)$/.test(called) && around(node, isReceiver) !== undefined;
        const inHandler =
          /^(?:transaction|processOnce)$/.test(called) && around(node, isHandler) !== undefined;
        if (handles || inHandler) yield replaced(source, node, `void ${node.expression.getText()}`);
      }
    },
  },
  {
    name: 'give up where the state is not there yet',
    rule: 'order-dependent-consumer',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isThrowStatement(node) && /later/.test(node.getText()) && around(node, ts.isIfStatement))
          yield replaced(source, node, 'return;');
        if (ts.isIdentifier(node) && node.text === 'findOneByOrFail') {
          const statement = around(node, ts.isVariableStatement);
          const name = statement?.declarationList.declarations[0]?.name;
          if (statement && name)
            yield edited(source, node, [
              { at: spanOf(node), text: 'findOneBy' },
              {
                at: { start: statement.end, end: statement.end },
                text: ` if (!${name.getText()}) return;`,
              },
            ]);
        }
      }
    },
  },
  {
    name: 'a key that no redelivery bears again',
    rule: 'unstable-idempotency-key',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertyAssignment(node) && node.name.getText() === 'idempotencyKey')
          yield replaced(source, node.initializer, 'randomUUID()');
        if (ts.isCallExpression(node) && calledName(node) === 'isFirstDelivery') {
          const key = node.arguments[2];
          if (key) yield replaced(source, key, 'randomUUID()');
        }
        if (ts.isCallExpression(node) && calledName(node) === 'keyOf')
          yield replaced(source, node, 'String(Date.now())', { symbols: /./ });
      }
    },
  },
  {
    name: 'try for ever',
    rule: 'unbounded-retry',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isCallExpression(node) || calledName(node) !== 'nack') continue;
        const [, , requeue] = node.arguments;
        const fn = around(node, ts.isFunctionDeclaration);
        const limit = [...nodesOf(source.tree)].find(isDeliveryLimit);
        // Where the queue counts the deliveries, nothing does any more; where the handler of errors does, it puts back all.
        if (limit) yield edited(source, node, [{ at: spanOf(limit), text: '{}' }]);
        else if (requeue && fn?.body)
          yield replaced(source, fn.body, '{ channel.nack(message, false, true); }');
      }
    },
  },
  {
    name: 'drop the dead-letter queue',
    rule: 'missing-dead-letter',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isPropertyAssignment(node) && node.name.getText() === 'queueOptions')
          yield replaced(source, node.initializer, '{ durable: true }');
        const isQueue = ts.isCallExpression(node) && calledName(node) === 'assertQueue';
        const options = isQueue ? node.arguments[1] : undefined;
        if (options && /deadLetter/.test(options.getText()))
          yield replaced(source, options, '{ durable: true }');
        if (ts.isReturnStatement(node) && /deadLetterExchange/.test(node.getText())) {
          const keys = [...nodesOf(source.tree)].filter(isDeadLetterKey);
          yield edited(
            source,
            node,
            keys.map((it) => removal(source, it)),
          );
        }
      }
    },
  },
  {
    name: 'handle the success and not the failure',
    rule: 'unhandled-failure-event',
    *find(source) {
      for (const { node, event } of handledIn(source)) {
        if (!failure.test(event) || isDeclaredIn(source, event)) continue;
        const edits = [...forgetting(source, source.tree, mentionOf(event))];
        yield edited(source, node, edits, { symbols: failure });
      }
    },
  },
  {
    name: 'announce what nobody hears',
    rule: 'unconsumed-event',
    *find(source) {
      for (const { node, event } of handledIn(source)) {
        if (failure.test(event) || source.endsOf(event).consumers !== 1) continue;
        const edits = [...forgetting(source, source.tree, mentionOf(event))];
        yield edited(source, node, edits, { symbols: new RegExp(`^${event}$`, 'i') });
      }
    },
  },
];

/** Where the event itself would be forgotten with its handler, nothing is left that could be unheard. */
function isDeclaredIn({ tree }: Source, event: string): boolean {
  return [...nodesOf(tree)].some(
    (it) => (ts.isInterfaceDeclaration(it) || ts.isTypeAliasDeclaration(it)) && it.name.text === event,
  );
}

/** Cases of a dispatcher and decorated methods, with the event that they handle. */
function* handledIn({ tree }: Source): Iterable<{ readonly node: ts.Node; readonly event: string }> {
  for (const node of nodesOf(tree)) {
    if (ts.isCaseClause(node) && ts.isStringLiteral(node.expression))
      yield { node, event: node.expression.text };
    const name =
      ts.isMethodDeclaration(node) && node.modifiers?.some(ts.isDecorator) ? node.name.getText() : '';
    if (/^on[A-Z]/.test(name)) yield { node, event: name.slice(2) };
  }
}

/** The arguments of a queue that limit how often it delivers. */
function isDeliveryLimit(node: ts.Node): boolean {
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.some((it) => /^'x-delivery-limit'/.test(it.getText()))
  );
}

/** An option or its declared type that names where rejected messages go. */
function isDeadLetterKey(node: ts.Node): boolean {
  const isKey = ts.isPropertyAssignment(node) || ts.isPropertySignature(node);
  return isKey && /^deadLetter/.test(node.name.getText());
}

/** The callback that a broker's client calls with each message. */
function isReceiver(node: ts.Node): node is ts.Node {
  if (ts.isPropertyAssignment(node)) return node.name.getText() === 'eachMessage';
  return ts.isForOfStatement(node) && /Records/.test(node.expression.getText());
}
