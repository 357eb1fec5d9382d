// Names that a fix needs from a package: taken from the imports that are there, else added in their style.
import { ts } from 'ts-morph';
import type { Edit, FilePath } from '../text.ts';

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

/** The edits that import `name` of another file of the workspace, with the endings that the file's own imports have. */
export function importOfFile(
  source: ts.SourceFile,
  name: string,
  file: FilePath,
  isType: boolean,
): readonly Edit[] {
  const imports = source.statements.filter((it) => ts.isImportDeclaration(it));
  const from = specifierTo(source.fileName, file, imports.map(specifierOf));
  const same = imports.filter((it) => specifierOf(it) === from);
  if (same.some((it) => namedIn(it)?.elements.some((one) => one.name.text === name))) return [];
  const list = same.map(namedIn).find((it) => it !== undefined && it.elements.length > 0);
  if (list) return [appended(list, name)];
  const hasTypeImports = imports.some((it) => it.importClause?.isTypeOnly);
  const edit = declared(source, imports, name, from);
  return [
    isType && hasTypeImports ? { ...edit, text: edit.text.replace('import {', 'import type {') } : edit,
  ];
}

/** The relative path from one file to another, as an import says it. */
function specifierTo(from: FilePath, to: FilePath, others: readonly string[]): string {
  const [here, there] = [from.split('/').slice(0, -1), to.split('/')];
  let shared = 0;
  while (shared < here.length && here[shared] === there[shared]) shared += 1;
  const up = here.length - shared;
  const path = [...(up === 0 ? ['.'] : Array<string>(up).fill('..')), ...there.slice(shared)].join('/');
  const ending = others
    .map((it) => /^\.{1,2}\/.*(\.[cm]?[jt]s)$/.exec(it)?.[1])
    .find((it) => it !== undefined);
  return `${path.replace(/\.[cm]?tsx?$/, '')}${ending ?? ''}`;
}

function specifierOf(node: ts.ImportDeclaration): string {
  return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
}

function namedIn({ importClause }: ts.ImportDeclaration): ts.NamedImports | undefined {
  const bindings = importClause?.isTypeOnly ? undefined : importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings : undefined;
}

function appended(list: ts.NamedImports, name: string): Edit {
  const end = list.elements.at(-1)?.end ?? list.end;
  return { at: { start: end, end }, text: `, ${name}` };
}

function declared(
  source: ts.SourceFile,
  imports: readonly ts.ImportDeclaration[],
  name: string,
  from: string,
): Edit {
  const last = imports.at(-1);
  const newline = /\r\n|\n/.exec(source.text)?.[0] ?? '\n';
  const quote = last?.moduleSpecifier.getText(source).charAt(0) ?? "'";
  const end = last && !last.getText(source).endsWith(';') ? '' : ';';
  const statement = `import { ${name} } from ${quote}${from}${quote}${end}`;
  if (!last) return { at: { start: 0, end: 0 }, text: `${statement}${newline}${newline}` };
  return { at: { start: last.end, end: last.end }, text: `${newline}${statement}` };
}
