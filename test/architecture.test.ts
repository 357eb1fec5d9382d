// Each rule of .dependency-cruiser.cjs bites: a tree with the forbidden arrow is refused, by that rule.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { IConfiguration } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const configuration: IConfiguration = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/** Rule → an importing file, and what it imports. */
const arrows: Record<string, readonly [from: string, to: string]> = {
  'facts-know-nobody': ['server/src/facts/facts.ts', '../extract/extract.ts'],
  'extract-sees-one-file': ['server/src/extract/extract.ts', '../model/model.ts'],
  'model-reads-facts-only': ['server/src/model/link.ts', '../extract/extract.ts'],
  'rules-query-the-model': ['server/src/rules/thin-event.ts', '../fixes/apply.ts'],
  'fixes-follow-plans': ['server/src/fixes/apply.ts', '../model/model.ts'],
  'views-query-the-model': ['server/src/views/hover.ts', '../extract/extract.ts'],
  'config-is-data': ['server/src/config/read.ts', '../disk.ts'],
  'workspace-is-handed-texts': ['server/src/workspace/workspace.ts', '../disk.ts'],
  'disk-knows-no-program': ['server/src/disk.ts', './cli/main.ts'],
  'lsp-is-not-the-command': ['server/src/lsp/hover.ts', '../cli/main.ts'],
  'command-starts-the-server-only': ['server/src/cli/check.ts', '../lsp/hover.ts'],
  'only-disk-touches-files': ['server/src/workspace/cache.ts', 'node:fs/promises'],
  'only-extract-and-fixes-know-syntax': ['server/src/rules/thin-event.ts', 'ts-morph'],
  'one-typescript': ['server/src/extract/extract.ts', 'typescript'],
  'only-lsp-knows-the-protocol': ['server/src/views/hover.ts', 'vscode-languageserver/node'],
  'only-cli-writes-to-terminals': ['server/src/lsp/hover.ts', 'picocolors'],
  'server-runs-without-vscode': ['server/src/lsp/hover.ts', 'vscode'],
  'client-imports-types-of-requests': ['client/src/extension.ts', '../../server/src/model/model.ts'],
  'client-imports-no-server-code': ['client/src/extension.ts', '../../server/src/lsp/hover.ts'],
  'product-without-tests': ['server/src/cli/check.ts', '../../../test/fixture/parse.ts'],
  'no-cycle': ['server/src/model/model.ts', './link.ts'],
  'no-dead-file': ['server/src/model/forgotten.ts', './model.ts'],
  'no-missing-import': ['server/src/model/model.ts', './nowhere.ts'],
};

const targets = Object.values(arrows).flatMap(([from, to]) => {
  if (to === './nowhere.ts') return [from];
  return to.startsWith('.') ? [from, join(dirname(from), to)] : [from];
});

let checkout = '';
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'sagalint-rooms-'));
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(checkout, 'node_modules'));
  for (const file of targets) write(file, 'export const here = 1;\n');
  write('server/src/model/link.ts', "import { here } from './model.ts';\nexport const linked = here;\n");
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe('the rooms', () => {
  test('have a case here for each rule', () => {
    expect(Object.keys(arrows).sort()).toEqual(configuration.forbidden?.map((rule) => rule.name).sort());
  });

  test('each say what to do instead', () => {
    for (const rule of configuration.forbidden ?? []) expect(rule.comment, rule.name).toMatch(/^.{40,}\.$/);
  });

  test.each(Object.entries(arrows))('%s is refused', async (rule, [from, to]) => {
    write(from, `import * as other from '${to}';\nexport const here = other;\n`);
    const broken = await brokenRules();
    write(
      from,
      from.endsWith('link.ts')
        ? "import { here } from './model.ts';\nexport const linked = here;\n"
        : 'export const here = 1;\n',
    );
    expect(broken).toContain(rule);
    if (rule !== 'no-dead-file') expect(await brokenRules()).not.toContain(rule);
  });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(checkout, file)), { recursive: true });
  writeFileSync(join(checkout, file), text);
}

async function brokenRules(): Promise<readonly string[]> {
  const options = {
    ...configuration.options,
    ruleSet: { forbidden: configuration.forbidden ?? [] },
    validate: true,
    baseDir: checkout,
  };
  const { output } = await cruise(['server/src', 'client/src'], options);
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map((violation) => violation.rule.name);
}
