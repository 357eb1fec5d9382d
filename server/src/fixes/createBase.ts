// Creates a base event beside a declaration, in the style of that declaration, and lets the declaration extend it.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import { extendBase, isInSchema } from './extendBase.ts';
import type { CreateBasePlan } from './plan.ts';
import { newFile, newlineOf, nodeAt, parse, quoteOf, unitOf, usesSemicolons } from './style.ts';
import { valueOf } from './values.ts';

/** The new file and the edits of the declaration's file. */
export function createBase(
  { target, name, fields, makers = [] }: CreateBasePlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const node = nodeAt(source, target.at);
  if (!node) return [];
  const style = styleOf(node);
  const folder = target.file.slice(0, target.file.lastIndexOf('/'));
  for (const free of [name, 'EventBase', 'EventMetadata']) {
    const own = style === 'schema' ? `${free}Schema` : free;
    const file = `${folder}/${fileName(target.file, free)}`;
    // What has the name already is not what the rule looked for.
    if (read(file) !== undefined || new RegExp(`\\b${own}\\b`).test(text)) continue;
    const extended = extendBase({ kind: 'extend-base', target, base: { file, name: own }, makers }, read);
    if (extended.length === 0) return [];
    const content = written(source, style, own, fields);
    return [newFile(file, content), ...extended];
  }
  return [];
}

type Style = 'interface' | 'class' | 'schema';

function styleOf(node: ts.Node): Style {
  if (ts.isClassDeclaration(node.parent)) return 'class';
  return isInSchema(node) ? 'schema' : 'interface';
}

/** As the files beside it are called: `base-event.ts`, `base.event.ts` or `baseEvent.ts`. */
function fileName(beside: FilePath, name: string): string {
  const own = beside.slice(beside.lastIndexOf('/') + 1);
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').split(' ');
  if (/^[a-z\d]+(?:-[a-z\d]+)*\.event\.ts$/.test(own))
    return `${words
      .filter((it, at) => at === 0 || it !== 'Event')
      .join('-')
      .toLowerCase()}.event.ts`;
  if (/^[A-Z]/.test(own)) return `${name}.ts`;
  if (own.includes('-')) return `${words.join('-').toLowerCase()}.ts`;
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`;
}

function written(
  source: ts.SourceFile,
  style: Style,
  name: string,
  fields: CreateBasePlan['fields'],
): string {
  const { text } = source;
  const [unit, quote, end] = [unitOf(text), quoteOf(text), usesSemicolons(source) ? ';' : ''];
  const meaning = `/** What every event carries: who it is, when it happened, to which flow it belongs, and its schema's version. */`;
  const lines = { interface: ofInterface, class: ofClass, schema: ofSchema }[style]({
    name,
    fields,
    unit,
    quote,
    end,
  });
  const head = lines.findIndex((it) => it.startsWith('export'));
  return [...lines.slice(0, head), meaning, ...lines.slice(head), ''].join(newlineOf(text));
}

interface Writing {
  readonly name: string;
  readonly fields: CreateBasePlan['fields'];
  readonly unit: string;
  readonly quote: string;
  readonly end: string;
}

function ofInterface({ name, fields, unit, end }: Writing): readonly string[] {
  const lines = fields.map((it) => `${unit}readonly ${it.name}: ${it.type}${end}`);
  return [`export interface ${name} {`, ...lines, '}'];
}

function ofClass({ name, fields, unit, quote, end }: Writing): readonly string[] {
  const lines = fields.map((it) => {
    if (it.name === 'correlationId') return `${unit}${it.name}?: ${it.type}${end}`;
    return `${unit}readonly ${it.name}: ${it.type} = ${valueOf(it, 'randomUUID')}${end}`;
  });
  const imported = `import { randomUUID } from ${quote}node:crypto${quote}${end}`;
  return [imported, '', `export abstract class ${name} {`, ...lines, '}'];
}

function ofSchema({ name, fields, unit, quote, end }: Writing): readonly string[] {
  const lines = fields.map((it) => `${unit}${it.name}: z.${it.type === 'Date' ? 'date' : it.type}(),`);
  const imported = `import { z } from ${quote}zod${quote}${end}`;
  return [imported, '', `export const ${name} = z.object({`, ...lines, `})${end}`];
}
