import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, NotFoundException, Param, Post } from '@nestjs/common';
import type { OrderLine } from '@happy-shop/contracts';
import { OrderRepository } from './order.repository';
import { PlaceOrderSaga } from './place-order.saga';

interface PlaceOrderRequest {
  customerId: string;
  customerEmail: string;
  voucherCode: string;
  cardToken: string;
  lines: OrderLine[];
}

@Controller('orders')
export class OrderController {
  constructor(
    private readonly saga: PlaceOrderSaga,
    private readonly orders: OrderRepository,
  ) {}

  @Post()
  async placeOrder(@Body() request: PlaceOrderRequest) {
    const orderId = randomUUID();
    const total = request.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
    await this.saga.run({ ...request, orderId, total });
    return { orderId, total };
  }

  @Get(':id')
  async getOrder(@Param('id') id: string) {
    const order = await this.orders.findById(id);
    if (!order) {
      throw new NotFoundException(`Order ${id} not found`);
    }
    return order;
  }
}
