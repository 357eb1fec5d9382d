// The licences of the packages that went into the bundles, as esbuild tells which. A package without a licence's text ends the build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Packages that are part of another one's bundle. */
const within = { '@ts-morph/common': ['typescript'] };

/** Writes the notices of the packages whose files were bundled; `inputs` are esbuild's, of all bundles. */
export function writeNotices(inputs, file) {
  const names = new Set(inputs.flatMap(packageOf));
  for (const name of [...names]) for (const inner of within[name] ?? []) names.add(inner);
  const notices = [...names].sort().map(noticeOf);
  const head = 'Sagalint contains parts of these packages.\n';
  writeFileSync(join(root, file), [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`));
  return names.size;
}

function packageOf(input) {
  const inside = input.split('node_modules/').at(-1);
  if (inside === undefined || inside === input) return [];
  const [scope, name] = inside.split('/');
  return [scope.startsWith('@') ? `${scope}/${name}` : scope];
}

function noticeOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder).filter((it) => /^(licen[cs]e|notice|copyright|thirdparty)/i.test(it));
  const text = texts.map((it) => readFileSync(join(folder, it), 'utf8').trim()).join('\n\n');
  if (license === undefined || text === '') throw new Error(`${name} has no licence: ${folder}`);
  return `${name} ${version} (${license})\n\n${text}\n`;
}
