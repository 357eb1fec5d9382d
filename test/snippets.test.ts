import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';

import { check, resolveConfig } from 'prettier';
import {
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
import { expandSnippet } from './runtime/expand.ts';

const root = dirname(import.meta.dirname);
const sources = await readSnippetSources();
const retyped: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'domain-event': { 1: 'CustomerParcel', 2: 'OrderPlaced' },
  'failure-event': { 1: 'CustomerParcel', 2: 'Expired' },
  'idempotent-consumer': { 1: 'CustomerParcel', 2: 'OrderPlaced' },
  'outbox-publish': { 1: 'CustomerParcel', 2: 'OrderPlaced' },
  saga: { 1: 'CustomerParcel', 2: 'holdSeat', 3: 'freeSeat', 6: '1_000', 7: 'attempts: 3' },
  'saga-step': { 1: 'send-parcel' },
};
const names = ['domain-event', 'failure-event', 'idempotent-consumer', 'outbox-publish', 'saga', 'saga-step'];

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
    expect(expanded(source, {})).toBe(source.body);
  });

  test('needs nothing but Node', () => {
    const imports = [...source.body.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
    expect(imports.filter((name) => !isBuiltin(name))).toEqual([]);
  });
});

test('All sources compile under strict, as they stand and retyped', () => {
  const texts = new Map<string, string>();
  for (const source of sources) {
    texts.set(`${root}/snippets/as-is-${source.name}.ts`, expandedFile(source, {}));
    texts.set(`${root}/snippets/retyped-${source.name}.ts`, expandedFile(source, retyped));
  }
  const files = sources.map(({ file }) => `${root}/snippets/${file}`);
  expect(compileErrors([...files, ...texts.keys()], texts)).toEqual([]);
});

test('The compiler sees an error in a snippet', () => {
  const file = `${root}/snippets/broken.ts`;
  expect(compileErrors([file], new Map([[file, 'export const total: number = null;']]))).toHaveLength(1);
});

test('A typed name gives class, variable, topic and table names', () => {
  const texts = sources.map((source) => expanded(source, retyped)).join('\n');
  for (const name of ['CustomerParcelSaga', 'customerParcelSagaSteps', "'confirm-customer-parcel'"]) {
    expect(texts).toContain(name);
  }
  expect(texts).toContain('create table if not exists customer_parcel_sagas');
  expect(texts).toContain("'customer-parcel.order-placed'");
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

function expanded(source: SnippetSource, typed: typeof retyped): string {
  return expandSnippet(snippetBody(source).split('\n'), typed[source.name]);
}

/** The expansion in the place where it is used: after what it needs, inside what surrounds it. */
function expandedFile(source: SnippetSource, typed: typeof retyped): string {
  const needed = sources.find(({ name }) => name === source.after);
  const [before, after] = source.around;
  // The step of the source file names the saga as the source does.
  const own = before.replace(/^import .* from '\.\/.*\n/gm, '').replaceAll('OrderSaga', sagaName(typed));
  return `${needed ? expanded(needed, typed) : ''}\n${own}${expanded(source, typed)}${after}`;
}

function sagaName(typed: typeof retyped): string {
  return `${typed.saga?.[1] ?? 'Order'}Saga`;
}

function compileErrors(files: readonly string[], texts: ReadonlyMap<string, string>): string[] {
  const config: unknown = readConfigFile(`${root}/tsconfig.json`, (it) => sys.readFile(it)).config;
  const { options } = parseJsonConfigFileContent(config, sys, root);
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
