import type { saveOrderPlaced } from '../../snippets/outbox-prisma.ts';

export const isPrismaThere: boolean;

/** A client of Prisma, as the snippet uses it. */
export type Prisma = Parameters<typeof saveOrderPlaced>[0] & {
  $executeRawUnsafe(sql: string): Promise<unknown>;
  $queryRawUnsafe<Row>(sql: string): Promise<Row[]>;
  $disconnect(): Promise<void>;
};

export function openPrisma(models: string, url: string): Promise<Prisma>;
