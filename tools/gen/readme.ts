// The README's tables of rules and settings.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedFile } from './generateAll.ts';
import { propertyRows } from './jsonSchema.ts';
import type { JsonSchema } from './jsonSchema.ts';
import { between, table } from './markers.ts';
import { readRules, root } from './rules.ts';
import { configurationSchema } from './schema.ts';

/** README.md with its tables as rules and settings say. */
export async function generateReadme(): Promise<readonly GeneratedFile[]> {
  const path = 'README.md';
  const page = await readFile(join(root, path), 'utf8');
  const withRules = between(page, path, 'rules', await rulesTable());
  const withSettings = between(withRules, path, 'settings', settingsTable());
  return [{ path, text: between(withSettings, path, 'editor settings', await editorTable()) }];
}

async function rulesTable(): Promise<string> {
  const rows = (await readRules()).map(({ rule }) => [
    `[${rule.id}](docs/rules/${rule.id}.md)`,
    rule.summary,
    rule.severity,
    rule.hasFix ? 'yes' : '',
  ]);
  return table(['Rule', 'Finds', 'Severity', 'Fix'], rows);
}

function settingsTable(): string {
  return table(
    ['Setting', 'Type', 'Default', 'Meaning'],
    propertyRows(configurationSchema()).filter(([name]) => name !== '`$schema`'),
  );
}

/** The extension's own settings, as VS Code shows them. */
async function editorTable(): Promise<string> {
  const manifest: { contributes: { configuration: JsonSchema } } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  return table(['Setting', 'Type', 'Default', 'Meaning'], propertyRows(manifest.contributes.configuration));
}
