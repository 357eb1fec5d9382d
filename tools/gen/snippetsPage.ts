// The table of docs/snippets.md.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedFile } from './generateAll.ts';
import { between, table } from './markers.ts';
import { root } from './rules.ts';
import { readSnippetSources } from './snippets.ts';

/** The page of the snippets, with each of them. */
export async function generateSnippetsPage(): Promise<readonly GeneratedFile[]> {
  const path = 'docs/snippets.md';
  const rows = (await readSnippetSources()).map(({ name, description, after }) => [
    `\`${name}\``,
    description,
    after.map((it) => `\`${it}\``).join(', '),
  ]);
  const page = await readFile(join(root, path), 'utf8');
  return [{ path, text: between(page, path, 'snippets', table(['Prefix', 'Gives', 'Builds on'], rows)) }];
}
