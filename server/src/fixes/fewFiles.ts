// A program of a few files of the workspace, for fixes that must know types. No disk is read and no package resolved: what a file
// imports is found by its name among the few files, and anything else is of unknown type.
import { ts } from 'ts-morph';
import type { FilePath } from '../text.ts';
import { standardLibrary, zodStandIn } from './standIns.ts';
import { parse } from './style.ts';

const options: ts.CompilerOptions = {
  strict: true,
  noLib: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  experimentalDecorators: true,
  types: [],
  target: ts.ScriptTarget.Latest,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

const library = '/stand-ins/library.d.ts';
const zod = '/stand-ins/zod.ts';

/** The program of these texts. */
export function programOf(texts: ReadonlyMap<FilePath, string>): ts.Program {
  const sources = new Map([...texts].map(([file, text]) => [file, parse(file, text)]));
  sources.set(library, parse(library, standardLibrary));
  sources.set(zod, parse(zod, zodStandIn));
  const exporters = exportersIn([...sources.values()].filter((it) => texts.has(it.fileName)));
  const resolve = (specifier: string, from: FilePath): FilePath | undefined => {
    if (sources.has(specifier)) return specifier;
    if (/^zod(?:\/|$)/.test(specifier)) return zod;
    const known = fileAt(specifier, from).find((it) => sources.has(it));
    return known ?? addStandIn(sources, exporters, specifier, from);
  };
  return ts.createProgram({ rootNames: [library, ...texts.keys()], options, host: hostOf(sources, resolve) });
}

/** A module made up of the names that a file imports by a specifier, each from the one file that exports it. */
function addStandIn(
  sources: Map<FilePath, ts.SourceFile>,
  exporters: ReadonlyMap<string, readonly FilePath[]>,
  specifier: string,
  from: FilePath,
): FilePath | undefined {
  const lines = namesFrom(sources.get(from), specifier).flatMap((name) => {
    const [only, ...others] = exporters.get(name) ?? [];
    return only !== undefined && others.length === 0 ? [`export { ${name} } from '${only}';`] : [];
  });
  if (lines.length === 0) return undefined;
  const file = `/stand-ins/${sources.size}.ts`;
  sources.set(file, parse(file, lines.join('\n')));
  return file;
}

function exportersIn(sources: readonly ts.SourceFile[]): ReadonlyMap<string, readonly FilePath[]> {
  const found = new Map<string, FilePath[]>();
  for (const source of sources) {
    for (const name of source.statements.flatMap(exportedBy)) {
      found.set(name, [...(found.get(name) ?? []), source.fileName]);
    }
  }
  return found;
}

/** The names that a statement declares and exports; what it only passes on is declared elsewhere. */
function exportedBy(statement: ts.Statement): readonly string[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.moduleSpecifier ? undefined : statement.exportClause;
    return clause && ts.isNamedExports(clause) ? clause.elements.map((it) => it.name.text) : [];
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some((it) => it.kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap((it) =>
      ts.isIdentifier(it.name) ? [it.name.text] : [],
    );
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function namesFrom(source: ts.SourceFile | undefined, specifier: string): readonly string[] {
  return (source?.statements ?? []).flatMap((it) => {
    if (!ts.isImportDeclaration(it) || !ts.isStringLiteral(it.moduleSpecifier)) return [];
    const bindings = it.importClause?.namedBindings;
    if (it.moduleSpecifier.text !== specifier || !bindings || !ts.isNamedImports(bindings)) return [];
    return bindings.elements.map((one) => (one.propertyName ?? one.name).text);
  });
}

/** Where a relative specifier may lead. */
function fileAt(specifier: string, from: FilePath): readonly FilePath[] {
  if (!specifier.startsWith('.')) return [];
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const path = parts.join('/').replace(/\.[cm]?[jt]sx?$/, '');
  return ['.ts', '.tsx', '.mts', '.cts', '/index.ts'].map((it) => `${path}${it}`);
}

function hostOf(
  sources: ReadonlyMap<FilePath, ts.SourceFile>,
  resolve: (specifier: string, from: FilePath) => FilePath | undefined,
): ts.CompilerHost {
  return {
    fileExists: (file) => sources.has(file),
    readFile: (file) => sources.get(file)?.text,
    getSourceFile: (file) => sources.get(file),
    getDefaultLibFileName: () => library,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (file) => file,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
    directoryExists: () => true,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const file = resolve(text, from);
        return {
          resolvedModule:
            file === undefined ? undefined : { resolvedFileName: file, extension: ts.Extension.Ts },
        };
      }),
  };
}
