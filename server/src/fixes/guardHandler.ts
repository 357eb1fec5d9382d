// Lets a handler skip a message that was handled before, by the workspace's own guard or by an inbox in a new file.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import { importOfFile } from './imports.ts';
import type { GuardHandlerPlan } from './plan.ts';
import { indentAt, newlineOf, nodeAt, parse, unitOf, usesSemicolons } from './style.ts';

/** The edits of the handler's file, and the inbox where there is no guard yet. */
export function guardHandler(
  plan: GuardHandlerPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const { target, existing } = plan;
  const text = read(target.file);
  if (text === undefined) return [];
  const source = parse(target.file, text);
  const name = nodeAt(source, target.at);
  const handler = name && handlerAt(name);
  const body = handler?.body;
  if (!handler || !body || !ts.isBlock(body)) return [];
  const key = keyOf(source, handler, plan);
  if (!key) return [];
  const file = existing?.file ?? `${target.file.slice(0, target.file.lastIndexOf('/'))}/inbox.ts`;
  const imported = importOfFile(source, existing?.name ?? 'inbox', file, false);
  const guard = existing
    ? wrapped(source, body, `${existing.name}(${key.text}, `)
    : [claimed(source, body, key.text)];
  const edits = [...imported, ...asynchronous(source, handler), ...key.edits, ...guard];
  const own: FileEdit = { file: target.file, edits };
  if (existing || read(file) !== undefined) return [own];
  return [{ file, isNew: true, edits: [{ at: { start: 0, end: 0 }, text: inbox(source) }] }, own];
}

/** The function whose name stands there, or the one that is handed to the call there. */
function handlerAt(name: ts.Node): ts.FunctionLikeDeclaration | undefined {
  for (let node = name.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node)) return node;
    const value =
      ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)
        ? node.initializer
        : ts.isCallExpression(node)
          ? node.arguments.findLast((it) => isFunction(it))
          : undefined;
    if (value && isFunction(value)) return value;
    if (ts.isStatement(node)) return undefined;
  }
  return undefined;
}

function isFunction(node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

interface Key {
  readonly text: string;
  /** What the parameter list needs for it. */
  readonly edits: readonly Edit[];
}

function keyOf(
  source: ts.SourceFile,
  { parameters }: ts.FunctionLikeDeclaration,
  { key, eventParameter }: GuardHandlerPlan,
): Key | undefined {
  const name = parameters[eventParameter]?.name;
  if (!name) return undefined;
  if (key.form === 'kafka') return ofKafka(source, name);
  const wanted = key.form === 'amqp' ? 'properties' : key.field;
  const taken = member(source, name, wanted);
  if (!taken) return undefined;
  if (key.form === 'amqp') return { ...taken, text: `String(${taken.text}.messageId)` };
  return key.prefix === undefined ? taken : { ...taken, text: `\`${key.prefix} \${${taken.text}}\`` };
}

/** Topic, partition and offset name a record for ever. */
function ofKafka(source: ts.SourceFile, name: ts.BindingName): Key | undefined {
  const parts = ['topic', 'partition', 'message'].map((it) => member(source, name, it));
  const [topic, partition, message] = parts;
  if (!topic || !partition || !message) return undefined;
  const text = `\`\${${topic.text}}/\${${partition.text}}/\${${message.text}.offset}\``;
  // Several names that are missing in one pattern are one insertion.
  const edits = parts.flatMap((it) => it?.edits ?? []);
  const first = edits[0];
  return { text, edits: first ? [{ at: first.at, text: edits.map((it) => it.text).join('') }] : [] };
}

/** A member of the parameter: `event.id`, or the name that a pattern gives it, added to the pattern where it is not there. */
function member(source: ts.SourceFile, name: ts.BindingName, wanted: string): Key | undefined {
  if (ts.isIdentifier(name)) return { text: `${name.text}.${wanted}`, edits: [] };
  if (!ts.isObjectBindingPattern(name)) return undefined;
  const found = name.elements.find((it) => (it.propertyName ?? it.name).getText(source) === wanted);
  if (found) return ts.isIdentifier(found.name) ? { text: found.name.text, edits: [] } : undefined;
  const last = name.elements.at(-1);
  const start = last?.end ?? name.getStart(source) + 1;
  return { text: wanted, edits: [{ at: { start, end: start }, text: `, ${wanted}` }] };
}

function asynchronous(source: ts.SourceFile, handler: ts.FunctionLikeDeclaration): readonly Edit[] {
  if (ts.getCombinedModifierFlags(handler) & ts.ModifierFlags.Async) return [];
  const isMethod = ts.isMethodDeclaration(handler);
  const start = isMethod ? handler.name.getStart(source) : handler.getStart(source);
  const type = handler.type;
  const promised: readonly Edit[] =
    type && !/^Promise\b/.test(type.getText(source))
      ? [
          { at: { start: type.getStart(source), end: type.getStart(source) }, text: 'Promise<' },
          { at: { start: type.end, end: type.end }, text: '>' },
        ]
      : [];
  return [{ at: { start, end: start }, text: 'async ' }, ...promised];
}

/** Behind the statements that only leave: `if (!message) return;`. */
function claimed(source: ts.SourceFile, body: ts.Block, key: string): Edit {
  const { text } = source;
  const leaving = body.statements.findIndex((it) => !isLeaving(it));
  const before = leaving <= 0 ? undefined : body.statements[leaving - 1];
  const first = body.statements[0];
  const newline = newlineOf(text);
  const indent = first
    ? indentAt(text, first.getStart(source))
    : `${indentAt(text, body.getStart(source))}${unitOf(text)}`;
  const end = usesSemicolons(source) ? ';' : '';
  const start = before?.end ?? body.getStart(source) + 1;
  return {
    at: { start, end: start },
    text: `${newline}${indent}if (!(await inbox.claim(${key}))) return${end}`,
  };
}

function isLeaving(node: ts.Statement): boolean {
  if (!ts.isIfStatement(node) || node.elseStatement) return false;
  const then = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
  return then !== undefined && ts.isReturnStatement(then);
}

/** The whole body becomes the callback; its lines move in by one level. */
function wrapped(source: ts.SourceFile, body: ts.Block, call: string): readonly Edit[] {
  const { text } = source;
  const newline = newlineOf(text);
  const unit = unitOf(text);
  const outer = indentAt(text, body.end - 1);
  const end = usesSemicolons(source) ? ';' : '';
  const inside = text.slice(body.getStart(source) + 1, body.end - 1).trimEnd();
  const moved = inside.includes('\`') ? inside : inside.replace(/(\r?\n)(?=[^\r\n])/g, `$1${unit}`);
  const start = body.getStart(source) + 1;
  const code = `${newline}${outer}${unit}await ${call}async () => {${moved}${newline}${outer}${unit}})${end}${newline}${outer}`;
  return [{ at: { start, end: body.end - 1 }, text: code }];
}

const inboxLines = [
  '/** Runs one statement of SQL; hand in the transaction of the handler where there is one. */',
  'type Execute = (sql: string, parameters: readonly unknown[]) => Promise<{ readonly rowCount: number | null }>;',
  '',
  'let execute: Execute | undefined;',
  '',
  '/** Tells the inbox its database; call it at start. The table: CREATE TABLE inbox (message_id text PRIMARY KEY). */',
  'export function openInbox(own: Execute): void {',
  '\texecute = own;',
  '}',
  '',
  '/** Remembers the messages that were handled, across restarts and instances: a unique key decides who is first. */',
  'export const inbox = {',
  '\t/** Whether this delivery is the first one; false for a redelivery. */',
  '\tasync claim(messageId: string): Promise<boolean> {',
  "\t\tif (execute === undefined) throw new Error('Call openInbox() before messages are handled.');",
  "\t\tconst sql = 'INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING';",
  '\t\tconst { rowCount } = await execute(sql, [messageId]);',
  '\t\treturn rowCount === 1;',
  '\t},',
  '};',
  '',
];

/** The inbox in the style of the handler's file. */
function inbox(source: ts.SourceFile): string {
  const unit = unitOf(source.text);
  const hasSemicolons = usesSemicolons(source);
  const lines = inboxLines.map((it) => {
    const indented = it.replaceAll('\t', unit);
    return hasSemicolons ? indented : indented.replace(/;$/, '');
  });
  return lines.join(newlineOf(source.text));
}
