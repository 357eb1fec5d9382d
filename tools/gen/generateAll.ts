// The list of generators. Each gives whole files as they must be and writes nothing.
import { basename } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { generateReadme } from './readme.ts';
import { generateRegistry } from './registry.ts';
import { generateRulePages } from './rulePages.ts';
import { generateSchema } from './schema.ts';
import { generateSnippets } from './snippets.ts';
import { generateSnippetsPage } from './snippetsPage.ts';

/** A file as it must be, with its path relative to the checkout. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** All generated files, formatted as Prettier would. */
export async function generateAll(): Promise<readonly GeneratedFile[]> {
  const generators = [
    generateRegistry,
    generateSchema,
    generateReadme,
    generateRulePages,
    generateSnippetsPage,
  ];
  const files = await Promise.all(generators.map((generate) => generate()));
  const formatted = await Promise.all(files.flat().map(formatFile));
  return [...formatted, ...(await generateSnippets())];
}

async function formatFile({ path, text }: GeneratedFile): Promise<GeneratedFile> {
  const options = await resolveConfig(path);
  return { path, text: await format(text, { ...options, filepath: basename(path) }) };
}
