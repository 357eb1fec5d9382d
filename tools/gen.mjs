// `npm run gen` writes every generated file; `npm run gen -- --check` writes nothing and names those that are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateAll } from './gen/generateAll.ts';
import { root } from './setup.mjs';

const isCheck = process.argv.includes('--check');
const stale = [];
for (const { path, text } of await generateAll()) {
  const file = join(root, path);
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
  stale.push(path);
  if (!isCheck) await writeFile(file, text);
}
for (const path of stale) console.log(`${isCheck ? 'stale' : 'written'}: ${path}`);
if (isCheck && stale.length > 0) {
  console.log('Run `npm run gen`, look at the change and commit it.');
  process.exitCode = 1;
}
