// The README's tables of rules and settings.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedFile } from './generateAll.ts';
import { propertyRows } from './jsonSchema.ts';
import { between, table } from './markers.ts';
import { readRules, root } from './rules.ts';
import { configurationSchema } from './schema.ts';

/** README.md with its tables as rules and settings say. */
export async function generateReadme(): Promise<readonly GeneratedFile[]> {
  const path = 'README.md';
  const page = await readFile(join(root, path), 'utf8');
  const withRules = between(page, path, 'rules', await rulesTable());
  return [{ path, text: between(withRules, path, 'settings', settingsTable()) }];
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
  return table(['Setting', 'Type', 'Default', 'Meaning'], propertyRows(configurationSchema()).filter(([name]) => name !== '`$schema`'));
}
