import { randomUUID } from 'node:crypto';
import { firstOf, type MealOrderPlaced } from '@meals/events';
import { addToOutbox, prisma } from '@meals/platform';
import type { APIGatewayProxyHandler } from 'aws-lambda';

const PATIENCE_MS = 60 * 60 * 1_000;

/** `POST /orders`: stores the order and announces it. */
export const handler: APIGatewayProxyHandler = async (request) => {
  const order = JSON.parse(request.body ?? '{}');
  const orderId = randomUUID();
  await prisma.$transaction(async (tx) => {
    await tx.order.create({
      data: {
        id: orderId,
        email: order.email,
        meals: order.meals,
        status: 'pending',
        dueAt: new Date(Date.now() + PATIENCE_MS),
      },
    });
    const event: MealOrderPlaced = {
      ...firstOf(request.requestContext.requestId),
      type: 'MealOrderPlaced',
      orderId,
      customerId: order.customerId,
      email: order.email,
      amount: order.amount,
      meals: order.meals,
    };
    await addToOutbox(tx, event);
  });
  return { statusCode: 202, body: JSON.stringify({ orderId }) };
};
