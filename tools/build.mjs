// Bundles what we ship: CommonJS for Node 20, as old VS Code hosts and CI images have it.
// ts-morph (7 MB) is one file of its own: server and command share it, and `--version` never loads it.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './setup.mjs';

const bundles = [
  { from: 'client/src/extension.ts', to: 'dist/extension.cjs' },
  { from: 'server/src/lsp/main.ts', to: 'dist/server.cjs' },
  { from: 'server/src/cli/main.ts', to: 'dist/cli.cjs' },
  { from: 'node_modules/ts-morph/dist/ts-morph.js', to: 'dist/ts-morph.cjs' },
];

const shareTsMorph = {
  name: 'share-ts-morph',
  setup: (building) => {
    building.onResolve({ filter: /^ts-morph$/ }, () => ({ path: './ts-morph.cjs', external: true }));
  },
};

const started = performance.now();
const built = await Promise.allSettled(bundles.filter(isThere).map(bundle));
// esbuild has shown the errors already.
if (built.some(({ status }) => status === 'rejected')) process.exit(1);
const sizes = bundles.filter(isThere).map(({ to }) => `${to} ${kilobytes(to)}`);
console.log(`${sizes.join(', ')} in ${Math.round(performance.now() - started)} ms`);

function bundle({ from, to }) {
  return build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    // The main entry of jsonc-parser is a UMD module, whose requires can't be followed.
    mainFields: ['module', 'main'],
    external: ['vscode'],
    plugins: [shareTsMorph],
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__moduleUrl',
    },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
}

function isThere({ from }) {
  return existsSync(join(root, from));
}

function kilobytes(file) {
  return `${Math.round(statSync(join(root, file)).size / 1000)} kB`;
}
