import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { connect, DATABASE } from '@happy-shop/database';
import { InventoryController } from './inventory.controller';
import { InventoryService } from './inventory.service';
import { ShipmentRepository } from './shipment.repository';
import { StockRepository } from './stock.repository';

const brokers = [process.env['KAFKA_BROKER'] ?? 'localhost:9092'];

@Module({
  imports: [
    ClientsModule.register([
      { name: 'KAFKA', transport: Transport.KAFKA, options: { client: { clientId: 'inventory', brokers } } },
    ]),
  ],
  controllers: [InventoryController],
  providers: [
    { provide: DATABASE, useFactory: () => connect(process.env['STOCK_DB_URL'] ?? 'http://localhost:5003') },
    InventoryService,
    ShipmentRepository,
    StockRepository,
  ],
})
export class InventoryModule {}

const app = await NestFactory.create(InventoryModule);
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.KAFKA,
  options: { client: { brokers }, consumer: { groupId: 'inventory-service' } },
});
await app.startAllMicroservices();
await app.listen(3002);
