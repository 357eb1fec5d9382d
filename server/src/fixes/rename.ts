// Renames a type wherever the given files name it; what only is called the same (a property, a local variable) stays.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import type { RenamePlan } from './plan.ts';
import { parse } from './style.ts';

/** The edits of all files that name the type. */
export function rename(
  { name, to, files }: RenamePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  return files.flatMap((file) => {
    const text = read(file);
    const edits = text === undefined ? [] : editsIn(parse(file, text), name, to);
    return edits.length > 0 ? [{ file, edits }] : [];
  });
}

function editsIn(source: ts.SourceFile, name: string, to: string): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name) edits.push(...renamed(source, node, to));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits;
}

function renamed(source: ts.SourceFile, node: ts.Identifier, to: string): readonly Edit[] {
  const { parent } = node;
  const at = { start: node.getStart(source), end: node.end };
  // `import { Old as Other }`: only the name of the module's export changes.
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return [];
  if ((ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node) return [];
  if (ts.isPropertyAssignment(parent) && parent.name === node) return [];
  if (ts.isShorthandPropertyAssignment(parent)) return [{ at, text: `${node.text}: ${to}` }];
  return [{ at, text: to }];
}
