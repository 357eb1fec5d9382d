import { Body, Controller, Post } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { PaymentProcessed, type OrderLine } from '@happy-shop/contracts';
import { InventoryService } from './inventory.service';

interface ReserveRequest {
  orderId: string;
  lines: OrderLine[];
}

@Controller()
export class InventoryController {
  constructor(private readonly inventory: InventoryService) {}

  @Post('reservations')
  async reserve(@Body() request: ReserveRequest) {
    const reservationId = await this.inventory.reserve(request.orderId, request.lines);
    return { reservationId };
  }

  @EventPattern('payment.processed')
  async onPaymentProcessed(@Payload() event: PaymentProcessed) {
    await this.inventory.ship(event);
  }
}
