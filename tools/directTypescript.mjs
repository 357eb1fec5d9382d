// TypeScript's names as constants of the bundle. ts-morph gives them as getters of one object, and reading a file asks `ts.isThis` and
// `ts.isThat` millions of times: looking these up took an eighth of what extracting takes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ts } from 'ts-morph';
import { root } from './setup.mjs';

const sources = join(root, 'server', 'src');
const imported = "import { ts } from 'ts-morph';";

/** Lets esbuild see which names of `ts` are meant; `tsMorph` is where the bundle finds ts-morph when it runs. */
export function directTypescript(tsMorph) {
  return {
    name: 'direct-typescript',
    setup: (building) => {
      building.onLoad({ filter: /[\\/]server[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!text.includes(imported)) return undefined;
        return { contents: text.replace(imported, "import * as ts from 'direct-typescript';"), loader: 'ts' };
      });
      building.onResolve({ filter: /^direct-typescript$/ }, ({ path }) => ({ path, namespace: path }));
      building.onLoad({ filter: /.*/, namespace: 'direct-typescript' }, () => ({
        contents: namesIn(tsMorph, usingTexts()),
        loader: 'ts',
        resolveDir: sources,
      }));
    },
  };
}

function usingTexts() {
  const files = readdirSync(sources, { recursive: true }).filter((it) => it.endsWith('.ts'));
  const texts = files.map((it) => readFileSync(join(sources, it), 'utf8'));
  return texts.filter((it) => it.includes(imported)).join('\n');
}

/** The functions and enumerations that are used; types have no value and are left out. */
function namesIn(tsMorph, text) {
  const used = [...new Set(Array.from(text.matchAll(/\bts\.(\w+)/g), ([, name]) => name))];
  const exported = used.map((name) => {
    if (typeof ts[name] === 'function') return `export const ${name} = all.${name};`;
    return typeof ts[name] === 'object' ? enumOf(name, text) : '';
  });
  return [`const { ts: all } = require('${tsMorph}');`, ...exported].join('\n');
}

/** Its members become numbers where they are used. */
function enumOf(name, text) {
  const members = new Set(
    Array.from(text.matchAll(new RegExp(`\\bts\\.${name}\\.(\\w+)`, 'g')), ([, it]) => it),
  );
  return `export enum ${name} { ${[...members].map((it) => `${it} = ${JSON.stringify(ts[name][it])}`)} }`;
}
