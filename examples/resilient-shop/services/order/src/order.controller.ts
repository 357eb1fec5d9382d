import { randomUUID } from 'node:crypto';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import type { OrderLine } from '@resilient-shop/contracts';
import { OrderRepository } from './order.repository.js';
import { PlaceOrderSaga } from './place-order.saga.js';

interface PlaceOrderRequest {
  readonly customerId: string;
  readonly customerEmail: string;
  readonly voucherCode: string;
  readonly cardToken: string;
  readonly lines: readonly OrderLine[];
}

@Controller('orders')
export class OrderController {
  constructor(
    private readonly saga: PlaceOrderSaga,
    private readonly orders: OrderRepository,
  ) {}

  /** The browser's key is the order's id, so that a second click is the same order. */
  @Post()
  async placeOrder(
    @Headers('idempotency-key') orderId: string | undefined,
    @Body() request: PlaceOrderRequest,
  ) {
    if (!orderId) throw new BadRequestException('The header idempotency-key is missing');
    const total = request.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
    const saga = await this.saga.start(orderId, randomUUID(), { ...request, orderId, total });
    return { orderId, status: saga.status, reason: saga.reason };
  }

  @Get(':id')
  async getOrder(@Param('id') id: string) {
    const order = await this.orders.find(id);
    if (!order) throw new NotFoundException(`There is no order ${id}`);
    return { orderId: order.id, status: order.status, total: order.total };
  }
}
