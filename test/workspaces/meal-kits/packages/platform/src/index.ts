export { eachRecord } from './batch';
export { prisma } from './database';
export type { TransactionClient } from './generated/prisma';
export { processOnce } from './inbox';
export { addToOutbox } from './outbox';
