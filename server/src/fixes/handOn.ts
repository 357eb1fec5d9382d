// Copies ids of the handled message into the one that is published: entries of an object literal, or arguments.
import { ts } from 'ts-morph';
import { impossible } from '../impossible.ts';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { insertMembers } from './members.ts';
import type { HandedEntry, HandOnPlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, quoteOf, widthOf } from './style.ts';

/** The edits of the one file that publishes. */
export function handOn(plan: HandOnPlan, read: (file: FilePath) => string | undefined): readonly FileEdit[] {
  const { file, at } = plan.target;
  const text = read(file);
  if (text === undefined) return [];
  const source = parse(file, text);
  const target = nodeAt(source, at);
  const from = target && reader(source, plan);
  if (!target || !from) return [];
  const written = ts.isObjectLiteralExpression(target)
    ? intoObject(source, target, plan.entries, from.read)
    : intoArguments(source, target, plan.arguments, from.read);
  return written.length > 0 ? [{ file, edits: [...from.edits(), ...written] }] : [];
}

interface Reader {
  readonly read: (path: string) => string;
  /** What the pattern needs for all that was read. */
  readonly edits: () => readonly Edit[];
}

function reader(source: ts.SourceFile, { from }: HandOnPlan): Reader | undefined {
  if ('name' in from) return { read: (path) => `${from.name}.${path}`, edits: () => [] };
  const element = nodeAt(source, from.pattern);
  const pattern = element && ts.findAncestor(element, ts.isObjectBindingPattern);
  return pattern && patternReader(source, pattern);
}

/** A name that the pattern has, or one that it gets. */
function patternReader(source: ts.SourceFile, pattern: ts.ObjectBindingPattern): Reader {
  const missing = new Set<string>();
  const read = (path: string): string => {
    const [first = '', ...rest] = path.split('.');
    const known = pattern.elements.find((it) => (it.propertyName ?? it.name).getText(source) === first);
    if (!known) missing.add(first);
    return [known?.name.getText(source) ?? first, ...rest].join('.');
  };
  const edits = (): readonly Edit[] => {
    const last = pattern.elements.at(-1) ?? impossible('a pattern with an element has one');
    const place = last.dotDotDotToken ? last.getStart(source) : last.end;
    const names = [...missing];
    const added = names.map((it) => (last.dotDotDotToken ? `${it}, ` : `, ${it}`)).join('');
    return names.length > 0 ? [{ at: { start: place, end: place }, text: added }] : [];
  };
  return { read, edits };
}

function intoObject(
  source: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  entries: readonly HandedEntry[],
  read: (path: string) => string,
): readonly Edit[] {
  const replaced: Edit[] = [];
  const added: string[] = [];
  for (const entry of entries) {
    const old = object.properties.find((it) => it.name && keyOf(it.name) === entry.name);
    const text = written(source, entry, read);
    if (!old) added.push(text);
    else replaced.push({ at: { start: old.getStart(source), end: old.end }, text });
  }
  return [...replaced, ...(added.length > 0 ? [appended(source, object, added, replaced.length === 0)] : [])];
}

function keyOf(name: ts.PropertyName): string {
  return ts.isStringLiteralLike(name) || ts.isIdentifier(name) ? name.text : name.getText();
}

function written(
  source: ts.SourceFile,
  { name, path, inside }: HandedEntry,
  read: (path: string) => string,
): string {
  const key = keyText(source, name);
  const value = read(path);
  const entry = value === name && inside === undefined ? name : `${key}: ${value}`;
  return inside === undefined ? entry : `${inside}: { ${entry} }`;
}

function keyText(source: ts.SourceFile, name: string): string {
  const quote = quoteOf(source.text);
  return /^[\w$]+$/.test(name) ? name : `${quote}${name}${quote}`;
}

/** Behind the last entry, in lines where the others stand in lines or the line would grow too long. */
function appended(
  source: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  entries: readonly string[],
  isOnly: boolean,
): Edit {
  const { properties } = object;
  const { text } = source;
  const list = { open: object.getStart(source) + 1, close: object.end - 1, members: [...properties] };
  const last = properties.at(-1);
  if (!last) return insertMembers(source, list, entries, ',');
  const isSpread = text.slice(list.open, list.close).includes('\n');
  const spoken = entries.map((it) => `, ${it}`).join('');
  const line =
    (/[^\n]*$/.exec(text.slice(0, last.end))?.[0] ?? '') + (/^[^\n]*/.exec(text.slice(last.end))?.[0] ?? '');
  const isTooLong = line.length + spoken.length > widthOf(text);
  if (!isSpread && isTooLong && isOnly) return insertMembers(source, list, entries, ',');
  const indent = `${newlineOf(text)}${indentAt(text, last.getStart(source))}`;
  const added = isSpread ? entries.map((it) => `,${indent}${it}`).join('') : spoken;
  return { at: { start: last.end, end: last.end }, text: added };
}

function intoArguments(
  source: ts.SourceFile,
  target: ts.Node,
  wanted: HandOnPlan['arguments'],
  read: (path: string) => string,
): readonly Edit[] {
  if (!ts.isNewExpression(target) && !ts.isCallExpression(target)) return [];
  const args = target.arguments ?? ts.factory.createNodeArray<ts.Expression>();
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const { index, path, name } of wanted.toSorted((a, b) => a.index - b.index)) {
    const value = name === undefined ? read(path) : `{ ${keyText(source, name)}: ${read(path)} }`;
    const old = args[index];
    if (old) edits.push({ at: { start: old.getStart(source), end: old.end }, text: value });
    else {
      while (args.length + added.length < index) added.push('undefined');
      added.push(value);
    }
  }
  if (added.length === 0) return edits;
  const last = args.at(-1);
  const place = last?.end ?? target.end - 1;
  const text = `${last ? ', ' : ''}${added.join(', ')}`;
  return [...edits, { at: { start: place, end: place }, text }];
}
