import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { check, resolveConfig } from 'prettier';
import {
  ModuleKind,
  ModuleResolutionKind,
  createCompilerHost,
  createProgram,
  flattenDiagnosticMessageText,
  parseJsonConfigFileContent,
  readConfigFile,
  sys,
} from 'typescript';
import { describe, expect, test } from 'vitest';

import { impossible } from '../server/src/impossible.ts';
import {
  generateSnippets,
  readSnippetSource,
  readSnippetSources,
  snippetBody,
} from '../tools/gen/snippets.ts';
import type { SnippetSource } from '../tools/gen/snippets.ts';
import { expandedBody, expandedFile } from './expandedSources.ts';
import type { Typed } from './expandedSources.ts';

const root = dirname(import.meta.dirname);
const sources = await readSnippetSources();
const retyped: Typed = {
  Order: 'CustomerParcel',
  Placed: 'WrittenDown',
  Payment: 'BankTransfer',
  Processed: 'CarriedOut',
  reserveStock: 'holdSeat',
  releaseStock: 'freeSeat',
  ReserveStock: 'HoldSeat',
  chargeCard: 'takeMoney',
  refundCard: 'giveMoneyBack',
  CancelOrder: 'DropParcel',
  EventEnvelope: 'SealedEvent',
  'create-shipment': 'send-parcel',
};
const names = [
  ...['choreography', 'consumer-amqplib', 'consumer-bullmq', 'consumer-kafkajs', 'consumer-monitor'],
  ...['consumer-nestjs', 'consumer-sqs', 'correlation', 'domain-event', 'domain-event-class'],
  ...['domain-event-type', 'domain-event-zod', 'event-envelope', 'event-pair', 'event-union'],
  ...['failure-event', 'idempotent-consumer', 'inbox-postgres', 'outbox-postgres', 'outbox-prisma'],
  ...['outbox-publish', 'outbox-typeorm', 'process-manager', 'replay', 'retry', 'saga', 'saga-class'],
  ...['saga-medusa', 'saga-nestjs', 'saga-resume', 'saga-start-amqplib', 'saga-start-bullmq'],
  ...[
    'saga-start-kafkajs',
    'saga-start-sqs',
    'saga-step',
    'saga-store-postgres',
    'saga-store-sqlite',
    'saga-temporal',
    'saga-test',
  ],
  'timeout',
];
/** The one package that a snippet is for, beside Node. */
const packages =
  /^(@nestjs\/(common|core|cqrs|microservices)|@temporalio\/workflow|@medusajs\/workflows-sdk|rxjs|zod|pg|kafkajs|amqplib|bullmq|aws-lambda|typeorm)$/;

test('The generated file is up to date and is plain JSON', async () => {
  for (const { path, text } of await generateSnippets()) {
    expect(await readFile(`${root}/${path}`, 'utf8')).toBe(text);
    const snippets: Record<string, { prefix: string; scope: string }> = JSON.parse(text);
    expect(Object.values(snippets).map(({ prefix }) => prefix)).toEqual(names);
    expect(new Set(Object.values(snippets).map(({ scope }) => scope))).toEqual(
      new Set(['typescript,typescriptreact']),
    );
  }
});

describe.each(sources)('$name', (source) => {
  test('is formatted', async () => {
    const filepath = `${root}/snippets/${source.file}`;
    const options = await resolveConfig(filepath);
    expect(await check(await readFile(filepath, 'utf8'), { ...options, filepath })).toBe(true);
  });

  test('expands to its source when nothing is retyped', () => {
    expect(expandedBody(source)).toBe(source.body);
  });

  test('needs nothing but Node and what it is for', () => {
    const imports = [...source.body.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
    expect(imports.filter((name) => !isBuiltin(name) && !packages.test(name))).toEqual([]);
  });
});

test.each([
  ['as they stand', {}],
  ['retyped', retyped],
])('All sources compile under strict and have no finding, %s', { timeout: 300_000 }, async (_, typed) => {
  const folder = await mkdtemp(join(root, 'test/fixture/expanded-'));
  try {
    const files = sources.map((source) => join(folder, source.file));
    for (const source of sources)
      await writeFile(join(folder, source.file), expandedFile(source, sources, typed));
    expect(compileErrors(files)).toEqual([]);
    expect(await findingsIn(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('The page tells for each snippet which test runs it, and that one does', async () => {
  const page = await readFile(join(root, 'docs/snippets.md'), 'utf8');
  const [, proof = ''] = page.split('## What is proven, and on what\n');
  const rows = [...proof.matchAll(/^\| (`[^|]*) \| .* \| (`[^|]*) \|$/gm)];
  const told = rows.flatMap(([, names = '', tests = '']) =>
    quoted(names).map((it) => [it, quoted(tests)] as const),
  );
  expect(told.map(([name]) => name).sort()).toEqual([...names].sort());
  for (const [name, tests] of told) {
    const texts = await Promise.all(tests.map(textsOfTest));
    // What the command writes is the snippets under other names.
    const wanted = tests.includes('newSaga') ? 'order-saga.test.ts' : `snippets/${name}.ts`;
    expect(texts.join('\n'), name).toContain(wanted);
  }
});

test('The compiler sees an error in a snippet', () => {
  const file = join(root, 'test/fixture/broken.ts');
  expect(compileErrors([file], new Map([[file, 'export const total: number = null;']]))).toHaveLength(1);
});

test('A typed name gives class, variable, topic and table names', () => {
  const texts = sources.map((source) => expandedBody(source, retyped)).join('\n');
  for (const name of ['CustomerParcelSaga', 'customerParcelSagaSteps', "'confirm-customer-parcel'"]) {
    expect(texts).toContain(name);
  }
  expect(texts).toContain('create table if not exists customer_parcel_sagas');
  expect(texts).toContain("'customer-parcel.written-down'");
  expect(texts).toContain("name: 'hold-seat'");
  expect(texts).not.toMatch(/OrderSaga|order_saga/);
});

test('What has a meaning in a snippet is escaped', () => {
  const head = '// snippet: x\n// description: y\n// placeholder 1: total\n';
  const source = readSnippetSource(
    'x.ts',
    `${head}// region body\nconst a = \`\${total}\\n\`;\n// endregion body\n`,
  );
  expect(snippetBody(source)).toBe('const a = `\\${${1:total}\\}\\\\n`;');
});

test('A placeholder that does not occur is refused', () => {
  const head = '// snippet: x\n// description: y\n// placeholder 1: Order\n';
  const source = readSnippetSource('x.ts', `${head}// region body\nconst a = 1;\n// endregion body\n`);
  expect(() => snippetBody(source)).toThrow('`Order` does not occur');
});

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, it = '']) => it);
}

/** A test of the snippets, with the files of its folder that it is made of. */
async function textsOfTest(name: string): Promise<string> {
  const folder = join(root, name === 'newSaga' ? 'test/cli' : 'test/runtime');
  const text = await readFile(join(folder, `${name}.test.ts`), 'utf8');
  const parts = [...text.matchAll(/(?<=from '\.\/)\w+\.ts|(?<=\/)\w+Runs\.ts/g)].map(([it]) => it);
  const programs = parts.map((it) => it.replace(/^(killed|consumer)Runs/, '$1Process'));
  const all = await Promise.all([...parts, ...programs].map((it) => readFile(join(folder, it), 'utf8')));
  return [text, ...all].join('\n');
}

/** What `sagalint check` says of a folder outside of our own sources. */
async function findingsIn(folder: string): Promise<string[]> {
  const place = await mkdtemp(join(tmpdir(), 'snippets-'));
  // Each in a service of its own, with what it builds on and nothing else.
  for (const source of sources) {
    const service = join(place, source.name);
    for (const { file } of [source, ...allBefore(source)]) await cp(join(folder, file), join(service, file));
    await writeFile(join(service, 'package.json'), JSON.stringify({ name: source.name }));
  }
  const command = [join(root, 'bin/sagalint.cjs'), 'check', '--preset', 'strict', '--format', 'json', place];
  const { stdout, status } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  await rm(place, { recursive: true });
  const { files, findings }: { files: number; findings: { ruleId: string; message: string }[] } =
    JSON.parse(stdout);
  expect({ isRead: files >= sources.length, status }).toEqual({
    isRead: true,
    status: findings.length === 0 ? 0 : 1,
  });
  return findings.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

function allBefore({ after }: SnippetSource): SnippetSource[] {
  const direct = sources.filter(({ name }) => after.includes(name));
  return [...new Set([...direct, ...direct.flatMap(allBefore)])];
}

/** How frameworks with decorators want it, and how bundlers resolve. */
const looser = {
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  module: ModuleKind.ESNext,
  moduleResolution: ModuleResolutionKind.Bundler,
  paths: {},
};

/** As strict as we are ourselves; the packages are those of the fixtures. */
function compileErrors(files: readonly string[], texts: ReadonlyMap<string, string> = new Map()): string[] {
  const config: unknown = readConfigFile(`${root}/tsconfig.json`, (it) => sys.readFile(it)).config;
  const parsed = parseJsonConfigFileContent(config, sys, root);
  const options = { ...parsed.options, ...looser };
  const host = createCompilerHost(options);
  const readFromDisk = host.readFile;
  host.readFile = (file) => texts.get(file) ?? readFromDisk(file);
  host.fileExists = (file) => texts.has(file) || sys.fileExists(file);
  const program = createProgram({ rootNames: files, options, host });
  return files
    .map((file) => program.getSourceFile(file) ?? impossible(`${file} is a root`))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => `${file?.fileName}: ${flattenDiagnosticMessageText(messageText, ' ')}`);
}
