// Packs dist/sagalint.vsix. What the extension needs is copied to a folder first, so that nothing else can slip in.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { root } from './setup.mjs';

const stage = join(root, 'dist/vsix');
const vsix = join(root, 'dist/sagalint.vsix');

// The command has a package of its own on npm; an editor never starts it.
const bundles = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.cjs') && name !== 'cli.cjs');

const contents = [
  ...bundles.map((name) => `dist/${name}`),
  'dist/THIRD-PARTY-NOTICES.txt',
  'docs/rules',
  'docs/images',
  'docs/sagalint.schema.json',
  'snippets/sagalint.code-snippets',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
];

rmSync(stage, { recursive: true, force: true });
for (const path of contents) copy(path);
writeFileSync(join(stage, 'package.json'), `${JSON.stringify(extensionManifest(), undefined, 2)}\n`);
// Everything in the folder is meant; without this file vsce asks whether that is so.
writeFileSync(join(stage, '.vscodeignore'), '');
await createVSIX({
  cwd: stage,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});

function copy(path) {
  if (!existsSync(join(root, path))) return console.warn(`${path} is not there: the package goes without it`);
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  return cpSync(join(root, path), join(stage, path), { recursive: true });
}

/** The manifest without what concerns npm and the checkout only. */
function extensionManifest() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ours = new Set(['scripts', 'devDependencies', 'overrides', 'bin', 'files', 'private']);
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !ours.has(key)));
}
