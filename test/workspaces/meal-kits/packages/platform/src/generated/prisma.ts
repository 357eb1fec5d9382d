// What `prisma generate` writes, cut to the models and calls that are used here.
export interface OrderRow {
  id: string;
  email: string;
  meals: string[];
  status: 'pending' | 'paid' | 'confirmed' | 'cancelled';
  dueAt: Date;
}

interface Model<Row> {
  create(args: { data: Partial<Row> }): Promise<Row>;
  findUnique(args: { where: Partial<Row> }): Promise<Row | null>;
  findMany(args: { where: object; take?: number; orderBy?: object }): Promise<Row[]>;
  update(args: { where: Partial<Row>; data: Partial<Row> }): Promise<Row>;
  updateMany(args: { where: object; data: Partial<Row> }): Promise<{ count: number }>;
  upsert(args: { where: Partial<Row>; create: Partial<Row>; update: Partial<Row> }): Promise<Row>;
}

export interface TransactionClient {
  readonly order: Model<OrderRow>;
  readonly inboxMessage: Model<{ id: string; processedAt: Date }>;
  readonly outboxMessage: Model<{ id: string; type: string; payload: string; sentAt: Date | null }>;
  readonly slot: Model<{ id: string; orderId: string | null }>;
  readonly charge: Model<{ orderId: string; chargeId: string; status: string }>;
}

export declare class PrismaClient implements TransactionClient {
  readonly order: TransactionClient['order'];
  readonly inboxMessage: TransactionClient['inboxMessage'];
  readonly outboxMessage: TransactionClient['outboxMessage'];
  readonly slot: TransactionClient['slot'];
  readonly charge: TransactionClient['charge'];
  $transaction<Result>(work: (tx: TransactionClient) => Promise<Result>): Promise<Result>;
}

export declare class PrismaClientKnownRequestError extends Error {
  readonly code: string;
}
