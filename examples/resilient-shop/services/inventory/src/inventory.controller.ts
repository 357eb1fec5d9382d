import { Body, ConflictException, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { OrderCancelled, OrderLine, PaymentProcessed } from '@resilient-shop/contracts';
import { Delivery } from '@resilient-shop/platform';
import { OutOfStock, ReservationService } from './reservation.service.js';
import { ShippingService } from './shipping.service.js';

interface ReservationRequest {
  readonly orderId: string;
  readonly lines: readonly OrderLine[];
}

@Controller()
export class InventoryController {
  constructor(
    private readonly reservations: ReservationService,
    private readonly shipping: ShippingService,
    private readonly delivery: Delivery,
  ) {}

  @Post('reservations')
  async reserve(@Body() request: ReservationRequest, @Headers('x-correlation-id') correlationId: string) {
    try {
      await this.reservations.reserve(request.orderId, request.lines, correlationId);
      return { status: 'held' };
    } catch (error) {
      if (error instanceof OutOfStock) throw new ConflictException(error.message);
      throw error;
    }
  }

  @Post('reservations/release')
  @HttpCode(200)
  async release(@Body() request: { readonly orderId: string }) {
    await this.reservations.release(request.orderId);
    return { status: 'released' };
  }

  @EventPattern('payment.processed')
  async onPaymentProcessed(@Payload() event: PaymentProcessed) {
    await this.delivery.run('payment.processed', JSON.stringify(event), async () => {
      await this.shipping.onPaymentProcessed(event);
    });
  }

  @EventPattern('order.cancelled')
  async onOrderCancelled(@Payload() event: OrderCancelled) {
    await this.delivery.run('order.cancelled', JSON.stringify(event), async () => {
      await this.shipping.onOrderCancelled(event);
    });
  }
}
