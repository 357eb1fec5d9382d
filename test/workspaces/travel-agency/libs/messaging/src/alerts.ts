import { Injectable } from '@nestjs/common';
import axios from 'axios';

/** Calls a human. */
@Injectable()
export class Alerts {
  async page(key: string, text: string): Promise<void> {
    await axios.post('http://pager/alerts', { key, text }, { timeout: 5_000 });
  }
}
