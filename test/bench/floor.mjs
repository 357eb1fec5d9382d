// What no linter in Node can be faster than: list the files, read them, run one regular expression over each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';

const [root] = process.argv.slice(2);
const files = globSync(['**/*.{ts,tsx,mts,cts}'], {
  cwd: root,
  ignore: ['**/node_modules/**', '**/dist/**'],
  followSymbolicLinks: false,
});
let matches = 0;
for (const it of files)
  if (/publish|Event|event|saga|consumer/i.test(readFileSync(join(root, it), 'utf8'))) matches += 1;
console.log(files.length, matches);
