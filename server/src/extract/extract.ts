// From one text to its facts: the only room that knows syntax. It sees no other file, so its answer may be cached by content.
import { ts } from 'ts-morph';
import type { FileFacts, SagaFact } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { readBody } from './bodies.ts';
import { skipped, tooDeep, tooLong, tooMuch } from './budget.ts';
import { readCalls } from './calls.ts';
import { concernedWith } from './concerned.ts';
import { draftOf, placeOf, type Draft } from './draft.ts';
import { readExpr } from './expressions.ts';
import type { Framework } from './frameworks/framework.ts';
import { frameworks as known } from './frameworks/known.ts';
import { functionIdOf, readDecorators, readModule } from './functions.ts';
import { syntaxErrors, unreadIn } from './gaps.ts';
import { readExports, readImports } from './modules.ts';
import { markTypes } from './notEvents.ts';
import type { Reading } from './reading.ts';
import { recognise, unrecognised } from './recognise.ts';
import { readSagas } from './sagas.ts';
import { isGenerated, readSuppressions } from './suppressions.ts';
import { declaresType, readType, readTypeFacts } from './types.ts';
import { packagesOf, type Clients } from './fileView.ts';
import { viewOf } from './view.ts';

/** Comments of documentation are not read. */
const options: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};

/** Reads one text, whatever it is: half-typed code gives the facts of what can be read, and what is past the budget a gap. */
export function extract(file: FilePath, text: string, frameworks: readonly Framework[] = known): FileFacts {
  const reason = tooLong(text);
  if (reason !== undefined) return skipped(file, reason);
  try {
    return readText(file, text, frameworks);
  } catch (error) {
    const excuse = tooDeep(error);
    if (excuse === undefined) throw error;
    return skipped(file, excuse);
  }
}

function readText(file: FilePath, text: string, frameworks: readonly Framework[]): FileFacts {
  const source = ts.createSourceFile(file, text, options, false, scriptKind(file));
  const reason = tooMuch(source);
  if (reason !== undefined) return skipped(file, reason);
  const declarations = connected(source);
  const imports = readImports(source);
  const draft = draftOf(source, imports, {
    expr: readExpr,
    functionId: functionIdOf,
    body: readBody,
    calls: readCalls,
  });
  readModule(draft);
  drain(draft);
  const types = readTypeFacts(readingOf(draft), declarations);
  drain(draft);
  const read = { file, imports, exports: readExports(source), bindings: draft.bindings, types };
  const rest = {
    consumers: [],
    sagas: [],
    suppressions: readSuppressions(text),
    gaps: [],
    ...(isGenerated(text) && { isGenerated: true as const }),
  };
  const facts = recognise({ ...read, functions: draft.functions, ...rest }, concernedWith(text, frameworks));
  const whole = described(facts, frameworks);
  return { ...whole, gaps: [...whole.gaps, ...draft.cuts, ...syntaxErrors(source), ...unreadIn(whole)] };
}

/** The facts of a text where other files have made what it imports: `export const redis = new Redis()`. */
export function recogniseAgain(
  facts: FileFacts,
  text: string,
  given: Clients,
  frameworks: readonly Framework[] = known,
): FileFacts {
  // The packages have no word in this text.
  const concerned = concernedWith(`${text}\n${packagesOf(given).join('\n')}`, frameworks);
  const whole = described(recognise(unrecognised(facts), concerned, given), frameworks, given);
  const before = new Set(unreadIn(facts).map((it) => JSON.stringify(it)));
  const kept = facts.gaps.filter((it) => !before.has(JSON.stringify(it)));
  const failed = whole.gaps.filter(({ reason }) => !kept.some((it) => it.reason === reason));
  return { ...whole, gaps: [...kept, ...failed, ...unreadIn(whole)] };
}

/** What frameworks say of types and sagas. */
function described(facts: FileFacts, frameworks: readonly Framework[], given?: Clients): FileFacts {
  const { file, imports } = facts;
  const eventBases = new Set(
    frameworks.flatMap((it) => it.eventBases ?? []).flatMap((it) => named(imports, it)),
  );
  const isEventFile = frameworks.some((it) => it.isEventFile?.(file));
  const telling = frameworks.filter((it) => it.sagas !== undefined);
  const own = telling.flatMap((it) => it.sagas?.(viewOf(facts, {}, given)) ?? []);
  return {
    ...facts,
    types: markTypes(facts, eventBases).map((it) =>
      isEventFile && it.isExported ? { ...it, isEvent: true } : it,
    ),
    sagas: [...own, ...readSagas(facts).filter((it) => !own.some((mine) => isSame(mine, it)))],
  };
}

/** What a configuration describes goes before what we would have guessed. */
function isSame(described: SagaFact, found: SagaFact): boolean {
  return described.name === found.name || described.at.start === found.at.start;
}

/** `package#Event` is the name under which a file imports it; any other name stands for itself. */
function named(imports: FileFacts['imports'], base: string): readonly string[] {
  const [from, name] = base.split('#');
  if (name === undefined) return [base];
  return imports.flatMap((it) => (it.from === from && it.name === name ? [it.local] : []));
}

/** Tells each node what it stands in, as the parser would, and gives those that may declare a type in the order of the text. */
function connected(source: ts.SourceFile): readonly ts.Node[] {
  const found: ts.Node[] = [];
  let outer: ts.Node = source;
  const visit = (node: ts.Node & { parent: ts.Node }): void => {
    node.parent = outer;
    if (declaresType(node)) found.push(node);
    const before = outer;
    outer = node;
    ts.forEachChild(node, visit);
    outer = before;
  };
  ts.forEachChild(source, visit);
  return found;
}

function drain(draft: Draft): void {
  for (let next = draft.pending.shift(); next; next = draft.pending.shift()) next();
}

function readingOf(draft: Draft): Reading {
  const { source } = draft;
  return {
    source,
    expr: (node) => readExpr(draft, node),
    type: (node) => readType(node, source),
    decorators: (node) => readDecorators(draft, node),
    importedFrom: (name) => draft.imports.find((it) => it.local === name)?.from,
    modules: draft.imports.map((it) => it.from),
    at: (node) => placeOf(node, source),
  };
}

function scriptKind(file: FilePath): ts.ScriptKind {
  return file.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}
