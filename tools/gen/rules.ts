// The rules as the generators see them: imported from their files, so that the registry need not exist yet.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rule } from '../../server/src/rules/rule.ts';

/** The checkout's folder. */
export const root = join(import.meta.dirname, '../..');

/** A rule and its file's name without `.ts`. */
export interface RuleFile {
  readonly name: string;
  readonly rule: Rule;
}

/** All rules, sorted by id. A file in rules/ is a rule when it exports `rule`. */
export async function readRules(): Promise<readonly RuleFile[]> {
  const folder = join(root, 'server/src/rules');
  const found: RuleFile[] = [];
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith('.ts') || !/^export const rule\b/m.test(await readFile(join(folder, file), 'utf8')))
      continue;
    const name = file.replace(/\.ts$/, '');
    const { rule }: { rule: Rule } = await import(join(folder, file));
    if (rule.id !== name)
      throw new Error(`rules/${file} holds the rule \`${rule.id}\`: file and id must be the same.`);
    found.push({ name, rule });
  }
  return found;
}
