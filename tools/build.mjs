// Bundles what we ship: CommonJS for Node 20, as old VS Code hosts and CI images have it.
// ts-morph (7 MB) is one file of its own: server and command share it, and `--version` never loads it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { directTypescript } from './directTypescript.mjs';
import { writeNotices } from './notices.mjs';
import { root } from './setup.mjs';

const bundles = [
  { from: 'client/src/extension.ts', to: 'dist/extension.cjs' },
  { from: 'server/src/lsp/main.ts', to: 'dist/server.cjs' },
  { from: 'server/src/cli/main.ts', to: 'dist/cli.cjs' },
  { from: 'node_modules/ts-morph/dist/ts-morph.js', to: 'dist/ts-morph.cjs' },
];

const tsMorph = './ts-morph.cjs';
const shareTsMorph = {
  name: 'share-ts-morph',
  setup: (building) => {
    building.onResolve({ filter: /^(?:ts-morph|\.\/ts-morph\.cjs)$/ }, () => ({
      path: tsMorph,
      external: true,
    }));
  },
};

/** fdir looks for a picomatch in all folders above, which may be a stranger's. It needs none where it is given functions. */
let hasLookUp = true;
const noLookUp = {
  name: 'no-look-up',
  setup: (building) => {
    building.onLoad({ filter: /[\\/]fdir[\\/]dist[\\/]index\.mjs$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replaceAll(/__require(?:\.resolve)?\("picomatch"\)/g, 'null');
      if (contents === text) throw new Error(`${path} looks for picomatch in another way.`);
      hasLookUp = false;
      return { contents };
    });
  },
};

const started = performance.now();
const digest = digestOfSources();
const built = await Promise.allSettled(bundles.filter(isThere).map(bundle));
// esbuild has shown the errors already.
if (built.some(({ status }) => status === 'rejected')) process.exit(1);
if (hasLookUp) throw new Error('No file of fdir was found that looks for picomatch: see noLookUp.');
const inputs = built.flatMap(({ value }) => Object.keys(value.metafile.inputs));
const packages = writeNotices(inputs, 'dist/THIRD-PARTY-NOTICES.txt');
const sizes = bundles.filter(isThere).map(({ to }) => `${to} ${kilobytes(to)}`);
console.log(
  `${sizes.join(', ')}, notices of ${packages} packages, in ${Math.round(performance.now() - started)} ms`,
);

function bundle({ from, to }) {
  return build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    // The main entry of jsonc-parser is a UMD module, whose requires can't be followed.
    mainFields: ['module', 'main'],
    external: ['vscode'],
    plugins: [shareTsMorph, noLookUp, directTypescript(tsMorph)],
    define: {
      sagalintDigest: JSON.stringify(digest),
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__moduleUrl',
    },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
}

/** What is kept on the disk is only good for the very analyser that made it. */
function digestOfSources() {
  const folder = join(root, 'server', 'src');
  const files = readdirSync(folder, { recursive: true }).filter((it) => it.endsWith('.ts'));
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const it of files.sort()) hash.update(it).update(readFileSync(join(folder, it)));
  return hash.digest('hex').slice(0, 32);
}

function isThere({ from }) {
  return existsSync(join(root, from));
}

function kilobytes(file) {
  return `${Math.round(statSync(join(root, file)).size / 1000)} kB`;
}
