// What no run shows: ways out of the program that lie in a path which no test takes, or in the extension, which has no watch around it.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Of Node's modules these open no connection, start no process and run no text. */
const harmless = ['crypto', 'fs', 'os', 'path', 'readline/promises', 'timers/promises', 'url', 'util', 'v8'];

/** Global names that do. */
const dangerous = /^(fetch|WebSocket|EventSource|XMLHttpRequest|eval|Function|require|createRequire)$/;

/**
 * What of the editor would start a program or show what is no text. Whoever makes a webview gives it a content security policy, checks
 * each message of it, and shows both here.
 */
const beyondText =
  /webview|CustomEditor|createTerminal|ShellExecution|ProcessExecution|supportHtml|openExternal|registerAuthentication/i;

const files = ['server/src', 'client/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts'))
    .map((it) => join(folder, it)),
);

interface Used {
  readonly file: string;
  /** What is imported, by `import` of either form; no text where a name says what. */
  readonly imports: readonly (string | undefined)[];
  readonly names: readonly string[];
}

function usedIn(file: string): Used {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: (string | undefined)[] = [];
  const names: string[] = [];
  const textOf = (it: ts.Node | undefined): string | undefined =>
    it && ts.isStringLiteral(it) ? it.text : undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) imports.push(textOf(node.moduleSpecifier));
    const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isImport) imports.push(textOf(node.arguments[0]));
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isKey) names.push(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return { file, imports, names };
}

const used = files.map(usedIn);
const offending = (isWrong: (it: Used) => boolean): readonly string[] =>
  used.filter(isWrong).map((it) => it.file);

describe('the sources', () => {
  it('are all looked at', () => {
    expect(used.length).toBeGreaterThan(300);
    expect(used.flatMap((it) => it.imports)).toContain('node:fs');
  });

  it('import nothing of Node that reaches out, and nothing by a name that is only known when they run', () => {
    const isWrong = (it: string | undefined): boolean =>
      it === undefined || (isBuiltin(it) && !harmless.includes(it.replace(/^node:/, '')));
    expect(offending(({ imports }) => imports.some(isWrong))).toEqual([]);
  });

  it('ask for no address, and run no text', () => {
    expect(offending(({ names }) => names.some((it) => dangerous.test(it)))).toEqual([]);
  });

  it('show nothing in the editor but text', () => {
    const isClient = ({ file }: Used): boolean => file.startsWith('client');
    expect(offending((it) => isClient(it) && it.names.some((name) => beyondText.test(name)))).toEqual([]);
  });
});

describe('the manifest', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  it('has no setting by which a workspace could name a program, a file or an address', () => {
    for (const [name, it] of Object.entries<Record<string, unknown>>(
      manifest.contributes.configuration.properties,
    ))
      expect(it['type'] === 'boolean' || Array.isArray(it['enum']), name).toBe(true);
  });

  it('runs in a workspace that nobody trusts, for it reads and no more, and adds nothing that renders or runs', () => {
    expect(manifest.capabilities.untrustedWorkspaces).toEqual({ supported: true });
    const harmlessPoints = ['commands', 'menus', 'configuration', 'jsonValidation', 'snippets'];
    expect(Object.keys(manifest.contributes)).toEqual(harmlessPoints);
  });

  it('has no script that an installation runs', () => {
    const run = /^(pre|post)?(install|prepare|publish|pack)$/;
    expect(Object.keys(manifest.scripts).filter((it) => run.test(it))).toEqual([]);
  });
});
