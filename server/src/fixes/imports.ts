// Names that a fix needs from a package: taken from the imports that are there, else added in their style.
import { ts } from 'ts-morph';
import type { Edit, FilePath } from '../text.ts';
import { newlineOf, quoteOf, usesSemicolons } from './style.ts';

/** The name by which the file may use `name` of `from`, and the edits that import it. */
export function importOf(
  source: ts.SourceFile,
  name: string,
  from: string,
): { readonly name: string; readonly edits: readonly Edit[] } {
  const imports = source.statements.filter((it) => ts.isImportDeclaration(it));
  const same = imports.filter((it) => specifierOf(it) === from);
  for (const it of same) {
    const found = namedIn(it)?.elements.find((one) => (one.propertyName ?? one.name).text === name);
    if (found && !found.isTypeOnly) return { name: found.name.text, edits: [] };
  }
  const list = same.map(namedIn).find((it) => it !== undefined && it.elements.length > 0);
  return { name, edits: [list ? appended(list, name) : declared(source, imports, name, from)] };
}

/** The edits that import `name` of another file of the workspace, with the ending that the file's own imports have. */
export function importOfFile(
  source: ts.SourceFile,
  name: string,
  file: FilePath,
  isType: boolean,
): readonly Edit[] {
  const from = specifierTo(source.fileName, file, endingIn([source.text]));
  return importOfModule(source, name, from, isType);
}

/** The edits that import `name` by a specifier. */
export function importOfModule(
  source: ts.SourceFile,
  name: string,
  from: string,
  isType: boolean,
): readonly Edit[] {
  const imports = source.statements.filter((it) => ts.isImportDeclaration(it));
  const same = imports.filter((it) => specifierOf(it) === from);
  if (same.some((it) => elementsOf(it).some((one) => one.name.text === name))) return [];
  const into = same.find((it) => elementsOf(it).length > 0 && (isType || !it.importClause?.isTypeOnly));
  const list = into?.importClause?.namedBindings;
  if (into && list && ts.isNamedImports(list)) {
    const isMarked = isType && !into.importClause?.isTypeOnly && list.elements.some((it) => it.isTypeOnly);
    return [appended(list, isMarked ? `type ${name}` : name)];
  }
  const edit = declared(source, imports, name, from);
  return [isType ? { ...edit, text: edit.text.replace('import {', 'import type {') } : edit];
}

/** The relative path from one file to another, as an import says it. `ending` is what such imports end with. */
export function specifierTo(from: FilePath, to: FilePath, ending: string): string {
  const [here, there] = [from.split('/').slice(0, -1), to.split('/')];
  let shared = 0;
  while (shared < here.length && here[shared] === there[shared]) shared += 1;
  const up = here.length - shared;
  const path = [...(up === 0 ? ['.'] : Array<string>(up).fill('..')), ...there.slice(shared)].join('/');
  return `${path.replace(/\.[cm]?tsx?$/, '')}${ending}`;
}

/** What relative imports end with in the first of the texts that has one: `.js`, `.ts` or nothing. */
export function endingIn(texts: readonly string[]): string {
  for (const text of texts) {
    const found = /\bfrom\s+['"]\.{1,2}\/[^'"\n]*?(\.[cm]?[jt]s)?['"]/.exec(text);
    if (found) return found[1] ?? '';
  }
  return '';
}

function specifierOf(node: ts.ImportDeclaration): string {
  return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
}

function elementsOf({ importClause }: ts.ImportDeclaration): readonly ts.ImportSpecifier[] {
  const bindings = importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
}

function namedIn({ importClause }: ts.ImportDeclaration): ts.NamedImports | undefined {
  const bindings = importClause?.isTypeOnly ? undefined : importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings : undefined;
}

function appended(list: ts.NamedImports, name: string): Edit {
  const end = list.elements.at(-1)?.end ?? list.end;
  return { at: { start: end, end }, text: `, ${name}` };
}

/** Behind the other imports; what comes with Node stands first. */
function declared(
  source: ts.SourceFile,
  imports: readonly ts.ImportDeclaration[],
  name: string,
  from: string,
): Edit {
  const [first, last] = [imports[0], imports.at(-1)];
  const newline = newlineOf(source.text);
  const quote = last?.moduleSpecifier.getText(source).charAt(0) ?? quoteOf(source.text);
  const end = usesSemicolons(source) ? ';' : '';
  const statement = `import { ${name} } from ${quote}${from}${quote}${end}`;
  if (!first || !last) return inserted(topOf(source), `${statement}${newline}${newline}`);
  if (!from.startsWith('node:')) return inserted(last.end, `${newline}${statement}`);
  const others = imports.filter((it) => specifierOf(it).startsWith('node:')).at(-1);
  return others
    ? inserted(others.end, `${newline}${statement}`)
    : inserted(first.getStart(source), `${statement}${newline}`);
}

/** Behind a `#!` line and directives. */
function topOf(source: ts.SourceFile): number {
  const first = source.statements.find(
    (it) => !(ts.isExpressionStatement(it) && ts.isStringLiteral(it.expression)),
  );
  const isDirected = first !== undefined && first !== source.statements[0];
  if (isDirected) return first.getStart(source);
  return /^#!.*\r?\n/.exec(source.text)?.[0].length ?? 0;
}

function inserted(start: number, text: string): Edit {
  return { at: { start, end: start }, text };
}
