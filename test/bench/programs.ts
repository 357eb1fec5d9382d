// What is measured: sagalint, the floor, and the peers as far as they are installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './processes.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(here, 'node_modules');

export interface Program {
  readonly name: string;
  /** Ratios are taken against this one. */
  readonly command: (root: string, scratch: string) => Command;
  /** Larger workspaces are left out: they would take minutes. */
  readonly most?: number;
  /** Needs a tsconfig.json in the root. */
  readonly needsProject?: boolean;
  /** Runs once unmeasured before, so that a cache on the disk is filled. */
  readonly isWarm?: boolean;
}

/** In the order of the report. */
export function programs(): readonly Program[] {
  const all: readonly (Program & { readonly needs: string })[] = [
    { name: 'floor: list, read, one regular expression', needs: here, command: floor },
    { name: 'oxlint', needs: join(modules, 'oxlint'), command: oxlint },
    { name: 'sagalint, cold', needs: here, command: sagalint },
    { name: 'sagalint, warm', needs: here, command: cached, isWarm: true },
    { name: 'TypeScript 7, --noEmit', needs: native, command: tsc7, needsProject: true, most: 10_000 },
    { name: 'TypeScript 6, --noEmit', needs: tsc6Path, command: tsc6, needsProject: true, most: 10_000 },
    { name: 'ESLint, two syntactic rules', needs: eslintPath, command: eslint('syntactic'), most: 10_000 },
    {
      name: 'ESLint, two rules with types',
      needs: eslintPath,
      command: eslint('typed'),
      needsProject: true,
      most: 2_500,
    },
  ];
  return all.filter((it) => existsSync(it.needs));
}

/** Whether the peers are there at all. */
export function hasPeers(): boolean {
  return existsSync(modules);
}

const eslintPath = join(modules, 'eslint/bin/eslint.js');
const tsc6Path = join(modules, 'typescript/bin/tsc');
const native = join(modules, 'typescript-native/bin/tsc');

function floor(root: string): Command {
  return node(join(here, 'floor.mjs'), [root], root);
}

function oxlint(root: string): Command {
  return { program: join(modules, '.bin/oxlint'), args: ['--silent', root], cwd: root };
}

function sagalint(root: string): Command {
  return command(root, ['--no-cache']);
}

function cached(root: string, scratch: string): Command {
  return command(root, ['--cache-location', scratch]);
}

/** As users start it, without npm's own start. */
function command(root: string, args: readonly string[]): Command {
  const bin = join(checkout, 'bin/sagalint.cjs');
  return node(bin, ['check', '--preset', 'strict', '--format', 'json', ...args, root], root);
}

function eslint(kind: 'syntactic' | 'typed'): Program['command'] {
  const config = join(here, `eslint.${kind}.config.mjs`);
  return (root) => node(eslintPath, ['--quiet', '--config', config, '--no-inline-config', '.'], root);
}

function tsc6(root: string): Command {
  return node(tsc6Path, ['--noEmit', '-p', '.'], root);
}

function tsc7(root: string): Command {
  return node(native, ['--noEmit', '-p', '.'], root);
}

function node(script: string, args: readonly string[], cwd: string): Command {
  return { program: process.execPath, args: [script, ...args], cwd };
}
