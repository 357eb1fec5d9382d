// A line to PostgreSQL that is cut for real, whatever the driver: before the server hears of a statement, or after it
// has done it and before anybody is told.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import type { ConnectionFault } from './faultyPool.ts';

/** A port that leads to the server. */
export class FaultyLine {
  readonly #server: Server;
  readonly #faults: ConnectionFault[];

  private constructor(server: Server, faults: ConnectionFault[]) {
    this.#server = server;
    this.#faults = faults;
  }

  static async to(port: number): Promise<FaultyLine> {
    const faults: ConnectionFault[] = [];
    const server = createServer((client) => carry(client, connect(port, '127.0.0.1'), faults));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new FaultyLine(server, faults);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** From now on each statement takes one of these; when they are used up nothing fails any more. */
  befall(faults: readonly ConnectionFault[]): void {
    this.#faults.splice(0, this.#faults.length, ...faults);
  }

  close(): void {
    this.#server.close();
  }
}

/** Carries one connection. Nothing befalls it before the server has said for the first time that it is ready. */
function carry(client: Socket, server: Socket, faults: ConnectionFault[]): void {
  const answers = new Answers();
  let fault: ConnectionFault = 'ok';
  let isWaiting = true;
  const cut = (): void => {
    client.destroy();
    server.destroy();
  };
  client.on('data', (data) => {
    if (!isWaiting) {
      fault = faults.shift() ?? 'ok';
      isWaiting = true;
    }
    if (fault === 'dies-before') cut();
    else server.write(data);
  });
  server.on('data', (data) => {
    const isReady = answers.endWithReady(data);
    if (isReady && fault === 'dies-after') return cut();
    if (isReady) isWaiting = false;
    client.write(data);
  });
  for (const it of [client, server]) it.on('error', cut).on('close', cut).setNoDelay(true);
}

/** Follows the server's messages: a letter, a length of four bytes, and the rest. `Z` says that it is ready. */
class Answers {
  #rest = Buffer.alloc(0);

  endWithReady(data: Buffer): boolean {
    this.#rest = Buffer.concat([this.#rest, data]);
    let last = '';
    while (this.#rest.length >= 5) {
      const end = 1 + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) break;
      last = this.#rest.toString('latin1', 0, 1);
      this.#rest = this.#rest.subarray(end);
    }
    return last === 'Z' && this.#rest.length === 0;
  }
}
