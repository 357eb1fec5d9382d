// Gives new fields of an event to the object literals that make it. Without them the fix of a type leaves a workspace that does
// not compile.
import { ts } from 'ts-morph';
import { applyEdits, type Edit, type FileEdit, type FilePath } from '../text.ts';
import { programOf } from './fewFiles.ts';
import { importOf } from './imports.ts';
import { bracedBy, insertMembers } from './members.ts';
import type { AddFieldsPlan, CreateBasePlan, ExtendBasePlan } from './plan.ts';
import { nodeAt, parse } from './style.ts';
import { entryFor, madeUp, needsUuid, type Field } from './values.ts';

/** The edits of a declaration with those of the literals in its makers that it leaves incomplete. */
export function withMakers(
  declared: readonly FileEdit[],
  plan: AddFieldsPlan | ExtendBasePlan | CreateBasePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  if (declared.length === 0) return [];
  const changes = new Map(declared.map((it) => [it.file, it.edits]));
  const declaring = new Set([...changes.keys(), ...(plan.kind === 'extend-base' ? [plan.base.file] : [])]);
  const texts = new Map<FilePath, string>();
  for (const file of new Set([...declaring, ...(plan.makers ?? [])])) {
    const text = read(file) ?? (changes.has(file) ? '' : undefined);
    if (text !== undefined) texts.set(file, applyEdits(text, changes.get(file) ?? []));
  }
  const program = programOf(texts);
  const made = [...texts.keys()].flatMap((file) => {
    const literals = incompleteIn(program, file, declaring);
    const edits = editsOf(file, read(file), changes.get(file) ?? [], literals);
    return edits.length > 0 ? [{ file, edits }] : [];
  });
  return joined(declared, made);
}

interface Incomplete {
  /** The offset of its brace in the changed text. */
  readonly start: number;
  readonly fields: readonly Field[];
}

function incompleteIn(
  program: ts.Program,
  file: FilePath,
  declaring: ReadonlySet<FilePath>,
): readonly Incomplete[] {
  const source = program.getSourceFile(file);
  const checker = program.getTypeChecker();
  const found: Incomplete[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const fields = missingFrom(checker, node, declaring);
      // It may be written anew as a whole, so nothing in it can be changed besides.
      if (fields.length > 0) return void found.push({ start: node.getStart(source), fields });
    }
    ts.forEachChild(node, visit);
  };
  if (source) visit(source);
  return found;
}

/** The fields that complete a literal as one of the types that its place asks for. */
function missingFrom(
  checker: ts.TypeChecker,
  literal: ts.ObjectLiteralExpression,
  declaring: ReadonlySet<FilePath>,
): readonly Field[] {
  const asked = checker.getContextualType(literal);
  if (!asked) return [];
  const own = checker.getTypeAtLocation(literal);
  const kinds = asked.isUnion() ? asked.types : [asked];
  if (kinds.some((it) => checker.isTypeAssignableTo(own, it))) return [];
  for (const kind of kinds) {
    const properties = checker.getPropertiesOfType(kind);
    const isFit = properties.every((it) => fits(checker, own.getProperty(it.name), it, literal));
    const missing = properties.filter(
      (it) => !(it.flags & ts.SymbolFlags.Optional) && !own.getProperty(it.name),
    );
    const isNew = missing.every((it) =>
      it.declarations?.some((one) => declaring.has(one.getSourceFile().fileName)),
    );
    const fields = missing.map((it) => fieldOf(checker, it, literal));
    if (isFit && isNew && fields.every((it) => it !== undefined)) return fields;
  }
  return [];
}

function fits(
  checker: ts.TypeChecker,
  own: ts.Symbol | undefined,
  asked: ts.Symbol,
  place: ts.Node,
): boolean {
  if (!own) return true;
  const [given, wanted] = [own, asked].map((it) => checker.getTypeOfSymbolAtLocation(it, place));
  return given !== undefined && wanted !== undefined && checker.isTypeAssignableTo(given, wanted);
}

/** Only metadata has a value that can be made up anywhere. */
function fieldOf(checker: ts.TypeChecker, symbol: ts.Symbol, place: ts.Node): Field | undefined {
  return madeUp(symbol.name, checker.typeToString(checker.getTypeOfSymbolAtLocation(symbol, place)));
}

function editsOf(
  file: FilePath,
  text: string | undefined,
  changes: readonly Edit[],
  literals: readonly Incomplete[],
): readonly Edit[] {
  if (text === undefined || literals.length === 0) return [];
  const source = parse(file, text);
  const places = literals.flatMap(({ start, fields }) => {
    const before = offsetBefore(start, changes);
    const node = nodeAt(source, { start: before, end: before + 1 });
    const literal = node && ts.findAncestor(node, (it) => ts.isObjectLiteralExpression(it));
    return literal ? [{ literal, fields }] : [];
  });
  const wantsUuid = places.some(({ literal, fields }) => fields.some((it) => needsUuid(it, literal)));
  const uuid = wantsUuid ? importOf(source, 'randomUUID', 'node:crypto') : undefined;
  const entries = places.map(({ literal, fields }) =>
    insertMembers(
      source,
      bracedBy(source, literal, [...literal.properties]),
      fields.map((it) => entryFor(it, literal, uuid?.name ?? 'randomUUID')),
      ',',
    ),
  );
  return [...(uuid?.edits ?? []), ...entries];
}

/** Where an offset of the changed text stood before. */
function offsetBefore(offset: number, changes: readonly Edit[]): number {
  let before = offset;
  for (const { at, text } of [...changes].sort((a, b) => a.at.start - b.at.start)) {
    if (at.start >= before) break;
    before -= text.length - (at.end - at.start);
  }
  return before;
}

/** An import that both want is inserted once; two on top of a file have no blank line between them. */
function joined(declared: readonly FileEdit[], made: readonly FileEdit[]): readonly FileEdit[] {
  const own = new Map(made.map((it) => [it.file, it.edits]));
  const files = new Set(declared.map((it) => it.file));
  const all = declared.map((it): FileEdit => {
    const further = (own.get(it.file) ?? []).filter((one) => !it.edits.some((edit) => isSame(edit, one)));
    return { ...it, edits: [...it.edits.map((edit) => closeTo(edit, further)), ...further] };
  });
  return [...all, ...made.filter((it) => !files.has(it.file))];
}

function isSame(a: Edit, b: Edit): boolean {
  return a.at.start === b.at.start && a.text === b.text;
}

function closeTo(edit: Edit, others: readonly Edit[]): Edit {
  const isFollowed = others.some((it) => it.at.start === edit.at.start && /^import /.test(it.text));
  if (!isFollowed || !/^import /.test(edit.text)) return edit;
  return { ...edit, text: edit.text.replace(/(\r?\n)\r?\n$/, '$1') };
}
