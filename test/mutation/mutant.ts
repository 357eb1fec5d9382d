// One fault put into one system: which operator, which edits, which rule must tell, and where.
import ts from 'typescript';
import { applyEdits, type Edit } from '../../server/src/text.ts';

/** The files of a system, by path. */
export type Files = ReadonlyMap<string, string>;

export interface Mutant {
  readonly operator: string;
  /** The rule that must report it. */
  readonly rule: string;
  /** Edits by path. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  readonly file: string;
  /** What was changed, in the original text. */
  readonly at: { readonly start: number; readonly end: number };
  /**
   * Where the finding must stand: `here`, in the changed member or declaration, or with a related place there; `there`, at a
   * declaration or use of one of the symbols.
   */
  readonly place: 'here' | { readonly symbols: RegExp };
}

/** Finds the places of one fault in a file. */
export interface Operator {
  readonly name: string;
  readonly rule: string;
  readonly find: (source: Source) => Iterable<Omit<Mutant, 'operator' | 'rule'>>;
}

/** One parsed file of a system. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly files: Files;
  /** How many producers and consumers an event has in the whole system. */
  readonly endsOf: (event: string) => { readonly producers: number; readonly consumers: number };
}

/** Every node of a file, outer before inner. */
export function* nodesOf(node: ts.Node): Iterable<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  node.forEachChild((it) => void children.push(it));
  for (const it of children) yield* nodesOf(it);
}

/** The file after the edits; all positions are those of the original text. */
export function mutate(files: Files, mutant: Mutant): Files {
  const after = new Map(files);
  for (const [file, edits] of mutant.edits) after.set(file, applyEdits(files.get(file) ?? '', edits));
  return after;
}

/** A mutant that replaces one node. */
export function replaced(
  source: Source,
  node: ts.Node,
  text: string,
  place: Mutant['place'] = 'here',
): Omit<Mutant, 'operator' | 'rule'> {
  return edited(source, node, [{ at: spanOf(node), text }], place);
}

/** A mutant of several edits in one file, the node telling where. */
export function edited(
  { file }: Source,
  node: ts.Node,
  edits: readonly Edit[],
  place: Mutant['place'] = 'here',
): Omit<Mutant, 'operator' | 'rule'> {
  return { edits: new Map([[file, edits]]), file, at: spanOf(node), place };
}

/** A mutant that takes one node out, with the comma behind an element. */
export function removed(
  source: Source,
  node: ts.Node,
  place: Mutant['place'] = 'here',
): Omit<Mutant, 'operator' | 'rule'> {
  return edited(source, node, [removal(source, node)], place);
}

/** The edit that takes a node out, with the comma behind an element. */
export function removal({ text }: Source, node: ts.Node): Edit {
  const { start, end } = spanOf(node);
  const comma = /^\s*,/.exec(text.slice(end))?.[0] ?? '';
  const isElement =
    ts.isObjectLiteralElement(node) ||
    ts.isParameter(node) ||
    ts.isExpression(node) ||
    ts.isImportSpecifier(node) ||
    ts.isExportSpecifier(node);
  return { at: { start, end: isElement ? end + comma.length : end }, text: '' };
}

/** From the first token of a node to its end. */
export function spanOf(node: ts.Node): { readonly start: number; readonly end: number } {
  return { start: node.getStart(), end: node.end };
}

/** The last name of what is called: `append` of `this.outbox.append(…)`. */
export function calledName(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}

/** The innermost ancestor that passes. */
export function around<Node extends ts.Node>(
  node: ts.Node,
  test: (node: ts.Node) => node is Node,
): Node | undefined {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) if (test(at)) return at;
  return undefined;
}

/** A member or a declaration of a module: what a finding about the node stands in. */
export function memberAround(node: ts.Node): ts.Node {
  let at = node;
  while (at.parent && !ts.isClassElement(at) && !ts.isSourceFile(at.parent)) at = at.parent;
  return at;
}

/** Whether a function is one that a message reaches: by a decorator, or by a name that says so. */
export function isHandler(
  node: ts.Node,
): node is (ts.MethodDeclaration | ts.FunctionDeclaration) & { body: ts.Block } {
  if ((!ts.isMethodDeclaration(node) && !ts.isFunctionDeclaration(node)) || !node.body) return false;
  return /^on[A-Z]/.test(node.name?.getText() ?? '');
}
