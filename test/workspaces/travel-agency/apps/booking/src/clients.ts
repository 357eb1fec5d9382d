import { Injectable } from '@nestjs/common';
import axios from 'axios';

const TIMEOUT_MS = 5_000;

@Injectable()
export class FlightClient {
  async reserve(tripId: string, flight: string, key: string): Promise<void> {
    await axios.post(
      'http://flights/reservations',
      { tripId, flight },
      { timeout: TIMEOUT_MS, headers: { 'Idempotency-Key': key } },
    );
  }

  async release(tripId: string, key: string): Promise<void> {
    await axios.post(
      'http://flights/reservations/release',
      { tripId },
      { timeout: TIMEOUT_MS, headers: { 'Idempotency-Key': key } },
    );
  }
}

@Injectable()
export class CardClient {
  async charge(tripId: string, token: string, amount: number, key: string): Promise<void> {
    await axios.post(
      'http://cards/charges',
      { tripId, token, amount },
      { timeout: TIMEOUT_MS, headers: { 'Idempotency-Key': key } },
    );
  }

  async refund(tripId: string, key: string): Promise<void> {
    await axios.post(
      'http://cards/refunds',
      { tripId },
      { timeout: TIMEOUT_MS, headers: { 'Idempotency-Key': key } },
    );
  }
}
