// Makes and opens a Prisma client for the models that a snippet names. `prisma generate` asks for an engine that it
// would download and does not need: a program that does nothing stands in for it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = join(import.meta.dirname, 'prisma');
const packages = createRequire(join(folder, 'package.json'));

/** Whether Prisma is there: `npm test` installs it. */
export const isPrismaThere = existsSync(join(folder, 'node_modules', 'prisma'));

/** Opens a client on a database; the models are text of Prisma's schema language. */
export async function openPrisma(models, url) {
  const place = join(folder, 'node_modules', '.client');
  const schema = `generator client {
  provider = "prisma-client-js"
  output   = "./made"
  engineType = "client"
}
datasource db {
  provider = "postgresql"
}
${models}`;
  await generated(place, schema);
  const { PrismaClient } = packages(join(place, 'made'));
  const { PrismaPg } = packages('@prisma/adapter-pg');
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url }), log: [] });
}

/** What is being made: several schedules of faults may ask for it at once. */
const making = new Map();

/** A client made of the same text is taken again: making it takes seconds. What was left half made is made anew. */
function generated(place, schema) {
  const known = making.get(schema) ?? made(place, schema);
  making.set(schema, known);
  return known;
}

async function made(place, schema) {
  const done = join(place, 'made.schema');
  if (existsSync(done) && (await readFile(done, 'utf8')) === schema) return;
  await mkdir(place, { recursive: true });
  await rm(done, { force: true });
  const file = join(place, 'schema.prisma');
  await writeFile(file, schema);
  const command = [packages.resolve('prisma/build/index.js'), 'generate', '--schema', file];
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  await promisify(execFile)(process.execPath, command, { cwd: folder, env });
  await writeFile(done, schema);
}
