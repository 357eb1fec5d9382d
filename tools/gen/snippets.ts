// Turns each source under snippets/ into a VS Code snippet. A source is code that compiles; its head
// says what a user may retype:
//   // snippet: saga                     the prefix
//   // description: …
//   // after: domain-event, saga         it names what these other snippets declare
//   // placeholder 1: Order              PascalCase or camelCase: its other spellings follow the typed word
//   // placeholder 2: revenue            anything else: the same text again wherever it occurs
//   // choice 3: Failed | Rejected       the same, chosen from a list; the first is the one in the source
// The body stands between `// region body` and `// endregion body`. In comments only PascalCase words
// are linked, so that prose stays prose.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Gives the snippet file as it must be, from the sources as they are. */
export async function generateSnippets(): Promise<{ path: string; text: string }[]> {
  const sources = await readSnippetSources();
  const entries = sources.map(({ name, description, ...source }) => [
    `Sagalint: ${name}`,
    { prefix: name, scope: 'typescript,typescriptreact', description, body: snippetBody(source).split('\n') },
  ]);
  const text = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
  return [{ path: 'snippets/sagalint.code-snippets', text }];
}

/** A stop at which the user types or chooses. */
export interface Stop {
  readonly index: number;
  readonly choices: readonly [string, ...string[]];
}

/** One source, read. `around` is the text before and after the body. */
export interface SnippetSource {
  readonly file: string;
  readonly name: string;
  readonly description: string;
  readonly after: readonly string[];
  readonly stops: readonly Stop[];
  readonly body: string;
  readonly around: readonly [string, string];
}

/** Reads all sources, sorted by name. */
export async function readSnippetSources(): Promise<SnippetSource[]> {
  const folder = fileURLToPath(new URL('../../snippets', import.meta.url));
  const files = (await readdir(folder)).filter((it) => it.endsWith('.ts'));
  const sources = await Promise.all(
    files.map(async (file) => readSnippetSource(file, await readFile(join(folder, file), 'utf8'))),
  );
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads one source. A source that breaks the convention is our defect: it throws. */
export function readSnippetSource(file: string, text: string): SnippetSource {
  const parts = text.split(/^ *\/\/ (?:end)?region body\n/m);
  const [before, body, after] = parts;
  if (before === undefined || body === undefined || after === undefined || parts.length !== 3) {
    throw new Error(`${file}: needs one \`// region body\` and one \`// endregion body\`.`);
  }
  const head = (key: string): string | undefined => new RegExp(`^// ${key}: (.+)$`, 'm').exec(before)?.[1];
  const name = head('snippet');
  const description = head('description');
  if (name === undefined || description === undefined)
    throw new Error(`${file}: needs \`// snippet:\` and \`// description:\`.`);
  const stops = readStops(before);
  const source = {
    file,
    name,
    description,
    after: head('after')?.split(', ') ?? [],
    stops,
    body: dedent(body),
  };
  return { ...source, around: [before.replace(/^(\/\/ .*\n)+/, ''), after] };
}

function readStops(head: string): Stop[] {
  return [...head.matchAll(/^\/\/ (placeholder|choice) (\d+): (.+)$/gm)].map(([, kind, index, text = '']) => {
    const [first = text, ...others] = kind === 'choice' ? text.split(' | ') : [text];
    return { index: Number(index), choices: [first, ...others] };
  });
}

function dedent(body: string): string {
  const lines = body.replace(/\n$/, '').split('\n');
  const depths = lines.filter((it) => it !== '').map((it) => it.search(/\S/));
  return lines.map((it) => it.slice(Math.min(...depths))).join('\n');
}

/** The body in VS Code's snippet syntax. */
export function snippetBody({ file, stops, body }: Pick<SnippetSource, 'file' | 'stops' | 'body'>): string {
  const placed = new Set<number>();
  const forms = stops.flatMap(formsOf).sort((a, b) => b.length - a.length);
  const lines = body.split('\n').map((line) => {
    const usable = /^\s*(\/\/|\/?\*)/.test(line) ? forms.filter((it) => it.isPascal) : forms;
    return indentByTabs(linkLine(line, usable, placed));
  });
  const unused = stops.find(({ index }) => !placed.has(index));
  if (unused) throw new Error(`${file}: \`${unused.choices[0]}\` does not occur in the body.`);
  return lines.join('\n');
}

/** A pattern under which a stop occurs; `transform` is null where the typed text itself stands. */
interface Form {
  readonly stop: Stop;
  readonly pattern: string;
  readonly length: number;
  readonly transform: string | null;
  readonly isPascal: boolean;
}

const pascal = '(.*)/${1:/capitalize}/';
const camel = '(.*)/${1:/camelcase}/';
const kebab = '(^[A-Z])|([A-Z])/${1:/downcase}${2:+-}${2:/downcase}/g';
const snake = '(^[A-Z])|([A-Z])/${1:/downcase}${2:+_}${2:/downcase}/g';
const constant = '(^[A-Z])|([A-Z])|([a-z0-9]+)/${1}${2:+_}${2}${3:/upcase}/g';

function formsOf(stop: Stop): Form[] {
  const [word] = stop.choices;
  const form = (pattern: string, transform: string | null): Form => {
    return { stop, pattern, length: word.length, transform, isPascal: false };
  };
  if (!/^[a-z0-9]*([A-Z][a-z0-9]*)+$/.test(word)) return [form(wholeWord(word), null)];
  const lower = (word.match(/^[a-z0-9]+|[A-Z][a-z0-9]*/g) ?? []).map((it) => it.toLowerCase());
  const camelWord = word.charAt(0).toLowerCase() + word.slice(1);
  const pascalWord = word.charAt(0).toUpperCase() + word.slice(1);
  const [dashed, lined] = [lower.join('-'), lower.join('_')];
  // SQL, Prisma and TypeORM each have a word `order` of their own.
  const end = '(?![a-z0-9])(?! by\\b)(?!By\\b)(?!: \\{)';
  return [
    { ...form(`${pascalWord}(?![a-z])`, word === pascalWord ? null : pascal), isPascal: true },
    form(`(?<![A-Za-z])${lined}(?=_)|(?<=_)${lined}${end}`, snake),
    ...(lower.length > 1 ? [form(wholeWord(lined), snake), form(wholeWord(dashed), kebab)] : []),
    form(`(?<![A-Za-z])${dashed}(?=-)|(?<=-)${dashed}${end}`, kebab),
    form(`(?<=['"\`])${dashed}(?=[.'"\`])|(?<=\\.)${dashed}(?=['"\`])`, kebab),
    form(`(?<![A-Za-z0-9_])${camelWord}${end}`, word === camelWord ? null : camel),
    form(`(?<![A-Za-z])${lined.toUpperCase()}(?![A-Za-z])(?! BY\\b)`, constant),
  ];
}

function wholeWord(text: string): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `${/^\w/.test(text) ? '(?<![\\w-])' : ''}${escaped}${/\w$/.test(text) ? '(?![\\w-])' : ''}`;
}

function linkLine(line: string, forms: readonly Form[], placed: Set<number>): string {
  if (forms.length === 0) return escape(line);
  const all = new RegExp(forms.map(({ pattern }) => `(${pattern})`).join('|'), 'g');
  let result = '';
  let end = 0;
  for (const match of line.matchAll(all)) {
    const form = forms[match.slice(1).findIndex((it) => it !== undefined)];
    if (form === undefined) continue;
    result += escape(line.slice(end, match.index)) + occurrence(form, placed);
    end = match.index + match[0].length;
  }
  return result + escape(line.slice(end));
}

function occurrence({ stop, transform }: Form, placed: Set<number>): string {
  const { index, choices } = stop;
  if (transform !== null) return `\${${index}/${transform}}`;
  if (placed.has(index)) return `\${${index}}`;
  placed.add(index);
  if (choices.length === 1) return `\${${index}:${escape(choices[0])}}`;
  return `\${${index}|${choices.map((it) => it.replace(/[\\,|]/g, '\\$&')).join(',')}|}`;
}

function escape(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** A tab in a snippet becomes the user's own indentation. */
function indentByTabs(line: string): string {
  return line.replace(/^( {2})+/, (it) => '\t'.repeat(it.length / 2));
}
