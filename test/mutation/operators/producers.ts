// Faults of whoever announces something.
import ts from 'typescript';
import { forgetting, mentionOf } from '../forgetting.ts';
import { around, calledName, edited, nodesOf, type Operator, replaced } from '../mutant.ts';

const storing = /^(?:storeInOutbox|addToOutbox|append)$/;
const sending = /^(?:send|publish|storeInOutbox|addToOutbox|append)$/;
const broker = /^(?:producer|eventBridge|amqp|outbox)$|^$/;

export const producerOperators: readonly Operator[] = [
  {
    name: 'remove the await before a publish',
    rule: 'unawaited-publish',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isAwaitExpression(node) || !sending.test(calledName(node.expression) ?? '')) continue;
        // Where the result is read, the code would not compile.
        if (!ts.isExpressionStatement(node.parent)) continue;
        if (broker.test(receiverOf(node.expression))) yield replaced(source, node, node.expression.getText());
      }
    },
  },
  {
    name: 'publish at once instead of by the outbox',
    rule: 'dual-write',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (!ts.isCallExpression(node) || !storing.test(calledName(node) ?? '')) continue;
        const event = node.arguments.at(-1);
        if (!event || !around(node, ts.isArrowFunction)) continue;
        yield replaced(
          source,
          node,
          `this.kafkaProducer.send({ topic: 'changes', messages: [{ value: JSON.stringify(${event.getText()}) }] })`,
        );
      }
    },
  },
  {
    name: 'start a new flow instead of handing on the correlation id',
    rule: 'lost-correlation',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        if (ts.isCallExpression(node) && calledName(node) === 'causedBy')
          yield replaced(source, node, `${node.getText()}, correlationId: randomUUID()`);
        if (
          ts.isPropertyAccessExpression(node) &&
          node.getText() === 'event.correlationId' &&
          ts.isNewExpression(node.parent)
        )
          yield replaced(source, node, 'randomUUID()');
      }
    },
  },
  {
    name: 'consume what nobody announces',
    rule: 'unproduced-event',
    *find(source) {
      for (const node of nodesOf(source.tree)) {
        const isStored = ts.isCallExpression(node) && storing.test(calledName(node) ?? '');
        const event = isStored ? eventOf(node) : undefined;
        if (event === undefined || source.endsOf(event).producers !== 1) continue;
        const edits = [...forgetting(source, source.tree, mentionOf(event))];
        yield edited(source, node, edits, { symbols: new RegExp(`^${event}$`, 'i') });
      }
    },
  },
];

/** The class that is made, or the declared type of what is handed over. */
function eventOf({ arguments: args }: ts.CallExpression): string | undefined {
  const event = args.at(-1);
  if (event && ts.isNewExpression(event)) return event.expression.getText();
  if (!event || !ts.isIdentifier(event)) return undefined;
  const declared = new RegExp(`const ${event.text}: (\\w+)`).exec(
    event.getSourceFile().text.slice(0, event.getStart()),
  );
  return declared?.[1];
}

function receiverOf(node: ts.Node): string {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return '';
  const { expression } = node.expression;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}
