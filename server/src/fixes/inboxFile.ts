// The inbox that a workspace without a guard is given. It knows no database driver: the workspace hands in its connection.
import type { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import type { GuardHandlerPlan } from './plan.ts';
import { newFile, newlineOf, unitOf, usesSemicolons } from './style.ts';

/** The function that the inbox exports. */
export const inboxFunction = 'processOnce';

/** Where the inbox of a folder is, and the edit that creates it where it is not there yet. */
export function inboxBeside(
  source: ts.SourceFile,
  store: GuardHandlerPlan['store'],
  read: (file: FilePath) => string | undefined,
): { readonly file: FilePath; readonly created: readonly FileEdit[] } {
  const folder = source.fileName.slice(0, source.fileName.lastIndexOf('/'));
  for (const name of ['inbox', 'messageInbox']) {
    const file = `${folder}/${name}.ts`;
    const text = read(file);
    if (text?.includes(`function ${inboxFunction}`)) return { file, created: [] };
    if (text === undefined) return { file, created: [newFile(file, written(source, store))] };
  }
  const file = `${folder}/${inboxFunction}.ts`;
  return { file, created: read(file) === undefined ? [newFile(file, written(source, store))] : [] };
}

const lines = `// Lets each consumer process a message once, however often the broker delivers it. Run this with the migrations:
//   CREATE TABLE inbox (
//     consumer text NOT NULL, message_id text NOT NULL, processed_at timestamptz NOT NULL DEFAULT now(),
//     PRIMARY KEY (consumer, message_id));

/** A connection that is kept for one transaction; pg's \`PoolClient\` is one. */
export interface InboxConnection {
\tquery(sql: string, values?: string[]): Promise<{ rowCount: number | null }>;
\trelease(): void;
}

let connect: (() => Promise<InboxConnection>) | undefined;

/** Call it once when the process starts: \`openInbox(() => pool.connect())\`. */
export function openInbox(open: () => Promise<InboxConnection>): void {
\tconnect = open;
}

/**
 * Runs \`work\` unless this consumer has processed the message before. When \`work\` fails the row is rolled back with it,
 * so that the next delivery tries again; of two deliveries at once the second waits for the first and then does nothing.
 */
export async function processOnce<Result>(
\tconsumer: string,
\tmessageId: string,
\twork: () => Promise<Result>,
): Promise<Result | undefined> {
\tif (!connect) throw new Error('Call openInbox() before messages are consumed.');
\tconst connection = await connect();
\ttry {
\t\tawait connection.query('BEGIN');
\t\tconst insert = 'INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';
\t\tconst { rowCount } = await connection.query(insert, [consumer, messageId]);
\t\tconst result = rowCount === 1 ? await work() : undefined;
\t\tawait connection.query('COMMIT');
\t\treturn result;
\t} catch (error) {
\t\tawait connection.query('ROLLBACK');
\t\tthrow error;
\t} finally {
\t\tconnection.release();
\t}
}
`;

const prismaLines = `// Lets each consumer process a message once, however often the broker delivers it. Add this to the schema and migrate:
//   model Inbox {
//     consumer    String
//     messageId   String   @map("message_id")
//     processedAt DateTime @default(now()) @map("processed_at")
//     @@id([consumer, messageId])
//     @@map("inbox")
//   }

interface Inbox {
\t$executeRaw(query: TemplateStringsArray, ...values: unknown[]): Promise<number>;
}

/** \`PrismaClient\` is one. */
export interface InboxDatabase {
\t$transaction<Result>(work: (transaction: Inbox) => Promise<Result>): Promise<Result>;
}

let database: InboxDatabase | undefined;

/** Call it once when the process starts: \`openInbox(prisma)\`. */
export function openInbox(prisma: InboxDatabase): void {
\tdatabase = prisma;
}

/**
 * Runs \`work\` unless this consumer has processed the message before. When \`work\` fails the row is rolled back with it,
 * so that the next delivery tries again; of two deliveries at once the second waits for the first and then does nothing.
 */
export async function processOnce<Result>(
\tconsumer: string,
\tmessageId: string,
\twork: () => Promise<Result>,
): Promise<Result | undefined> {
\tif (!database) throw new Error('Call openInbox() before messages are consumed.');
\treturn database.$transaction(async (inbox) => {
\t\tconst added = await inbox.$executeRaw\`
\t\t\tINSERT INTO inbox (consumer, message_id) VALUES (\${consumer}, \${messageId}) ON CONFLICT DO NOTHING\`;
\t\treturn added === 1 ? await work() : undefined;
\t});
}
`;

/** In the style of the handler's file. */
function written(source: ts.SourceFile, store: GuardHandlerPlan['store']): string {
  const indented = (store === 'prisma' ? prismaLines : lines).replaceAll('\t', unitOf(source.text));
  const plain = usesSemicolons(source) ? indented : indented.replace(/^((?!\/\/).*);$/gm, '$1');
  const quoted = prefersDouble(source) ? plain.replace(/'/g, '"') : plain;
  return quoted.replaceAll('\n', newlineOf(source.text));
}

function prefersDouble({ text }: ts.SourceFile): boolean {
  return /from "/.test(text);
}
