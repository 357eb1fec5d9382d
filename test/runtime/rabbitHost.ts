// A virtual host of RabbitMQ, as the tests see it: they publish, and read the dead letters.
import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';

/** Connects to one of the hosts of a server. */
export async function openHost(port: number, name: string): Promise<RabbitHost> {
  const url = `amqp://127.0.0.1:${port}/${name}`;
  const connection = await connect(url);
  return new RabbitHost(url, connection, await connection.createChannel());
}

/** An open host. */
export class RabbitHost {
  readonly url: string;
  readonly connection: ChannelModel;
  readonly #channel: Channel;

  constructor(url: string, connection: ChannelModel, channel: Channel) {
    this.url = url;
    this.connection = connection;
    this.#channel = channel;
  }

  /** Publishes, also before there is a consumer: the queue is declared as the consumer declares it. */
  async publish(queue: string, messages: readonly string[]): Promise<void> {
    await this.#channel.assertQueue(`${queue}.dead`, { durable: true });
    await this.#channel.assertQueue(queue, {
      durable: true,
      deadLetterExchange: '',
      deadLetterRoutingKey: `${queue}.dead`,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 },
    });
    for (const it of messages) this.#channel.sendToQueue(queue, Buffer.from(it), { persistent: true });
  }

  async takeDead(queue: string): Promise<string[]> {
    const dead: string[] = [];
    for (;;) {
      const message = await this.#channel.get(`${queue}.dead`, { noAck: true });
      if (message === false) return dead;
      dead.push(message.content.toString());
    }
  }

  /** Forgets what was not acknowledged: its consumer must be closed. */
  async purge(queue: string): Promise<void> {
    await this.#channel.purgeQueue(queue);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
