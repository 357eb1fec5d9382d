// What the client is to show of a folder: the findings of its files and the faults of its configuration files.
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from 'vscode-languageserver';
import { packageUri } from '../disk.ts';
import { areSame, isSamePlace } from '../same.ts';
import type { Finding } from '../rules/rule.ts';
import { rules } from '../rules/rules.generated.ts';
import type { FilePath } from '../text.ts';
import { differingIn } from '../workspace/amended.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { diagnosticOf, diagnosticOfProblem, documentWith, type ShownDocument } from './convert.ts';
import type { Encoding } from './encoding.ts';
import type { Folder } from './folder.ts';

export interface Source {
  readonly folder: Folder;
  readonly snapshot: Snapshot;
  /** Where folders lie in each other, the innermost tells of a file. */
  readonly tellsOf: (file: FilePath) => boolean;
}

export interface Showing {
  readonly uriOf: (file: FilePath) => string;
  readonly textOf: (file: FilePath) => string | undefined;
  /** With a rule's id behind it: the address of its page in the client. */
  readonly rulePages: string | undefined;
  readonly encoding: Encoding;
  /** From round to round the same. */
  readonly made: Made;
}

/** What was made for the client in the round before. */
export interface Made {
  readonly documents: Map<FilePath, ShownDocument>;
  readonly files: Map<FilePath, MadeFile>;
  /** The texts of each folder then; none where the client may spell files in another way since. */
  readonly texts: Map<Folder, Snapshot['texts']>;
}

interface MadeFile {
  readonly findings: readonly Finding[];
  /** Those that the findings name. */
  readonly documents: ReadonlyMap<FilePath, ShownDocument>;
  readonly diagnostics: readonly Diagnostic[];
}

export function nothingMade(): Made {
  return { documents: new Map(), files: new Map(), texts: new Map() };
}

/** The diagnostics of all files that have any, by URI. */
export function diagnosticsOf(
  sources: readonly Source[],
  showing: Showing,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const all = new Map<string, readonly Diagnostic[]>();
  const { uriOf, textOf, encoding } = showing;
  const add = (file: FilePath, more: readonly Diagnostic[]): void => {
    const uri = uriOf(file);
    const before = all.get(uri);
    all.set(uri, before ? [...before, ...more] : more);
  };
  const told = new Set<FilePath>();
  for (const { folder, snapshot, tellsOf } of sources) {
    const diagnosticsFor = diagnosticsFrom(snapshot, showing, showing.made.texts.get(folder));
    showing.made.texts.set(folder, snapshot.texts);
    for (const [file, findings] of snapshot.findingsOf) {
      if (!tellsOf(file)) continue;
      told.add(file);
      add(file, diagnosticsFor(file, findings));
    }
  }
  forgetAllBut(told, showing.made);
  for (const it of showing.made.texts.keys())
    if (!sources.some(({ folder }) => folder === it)) showing.made.texts.delete(it);
  // A configuration above two folders is read by both.
  const problems = new Map(
    sources.flatMap(({ folder }) => folder.problems).map((it) => [JSON.stringify(it), it]),
  );
  for (const it of problems.values())
    add(it.file, [diagnosticOfProblem(it, textOf(it.file) ?? '', encoding)]);
  return all;
}

/** Files come and go; what was made for one that has no finding any more is let go. */
function forgetAllBut(told: ReadonlySet<FilePath>, { files, documents }: Made): void {
  if (files.size === told.size) return;
  for (const file of [...files.keys()]) if (!told.has(file)) files.delete(file);
  const used = new Set([...files.values()].flatMap((it) => [...it.documents.values()]));
  for (const [file, document] of [...documents]) if (!used.has(document)) documents.delete(file);
}

/** Whether a client has nothing to learn from what a file is to show now. */
export function areShown(before: readonly Diagnostic[], now: readonly Diagnostic[]): boolean {
  if (before === now) return true;
  return areSame(before, now, (one, other) => one === other || isDeepStrictEqual(one, other));
}

/** What a file is to show: the very list of the round before, where nothing of it would look different. */
function diagnosticsFrom(
  snapshot: Snapshot,
  { uriOf, rulePages, encoding, made }: Showing,
  textsBefore: Snapshot['texts'] | undefined,
): (file: FilePath, findings: readonly Finding[]) => readonly Diagnostic[] {
  const looked = new Map<FilePath, ShownDocument>();
  const documentOf = (file: FilePath): ShownDocument => {
    const known = looked.get(file);
    if (known) return known;
    const document = documentWith(snapshot.textOf(file) ?? '', uriOf(file), made.documents.get(file));
    made.documents.set(file, document);
    looked.set(file, document);
    return document;
  };
  const shown = { documentOf, pageOf: pagesFrom(rulePages), encoding };
  const changed = textsBefore && differingIn(textsBefore, snapshot.texts);
  const areStill = ({ documents }: MadeFile): boolean =>
    changed
      ? !changed.some((it) => documents.has(it))
      : [...documents].every(([path, document]) => documentOf(path) === document);
  return (file, findings) => {
    const before = made.files.get(file);
    const isSame =
      before !== undefined &&
      (before.findings === findings || areSame(before.findings, findings, looksAlike)) &&
      areStill(before);
    if (isSame && before.findings === findings) return before.diagnostics;
    const named = findings.flatMap((it) => [it, ...it.related]).map((it) => it.file);
    const documents = new Map(named.map((it) => [it, documentOf(it)]));
    const diagnostics = isSame ? before.diagnostics : findings.map((it) => diagnosticOf(it, shown));
    made.files.set(file, { findings, documents, diagnostics });
    return diagnostics;
  };
}

/** Whether two findings of a file are shown in the same way; fixes are asked for when somebody looks at one. */
function looksAlike(one: Finding, other: Finding): boolean {
  return (
    one === other ||
    (one.ruleId === other.ruleId &&
      one.severity === other.severity &&
      one.message === other.message &&
      one.help === other.help &&
      one.tag === other.tag &&
      isSamePlace(one, other) &&
      areSame(one.related, other.related, (a, b) => a.message === b.message && isSamePlace(a, b)))
  );
}

/** The pages of the client, else the files that lie beside this program. */
function pagesFrom(rulePages: string | undefined): (ruleId: string) => string | undefined {
  return (ruleId) => {
    if (!rules.some((it) => it.id === ruleId)) return undefined;
    return rulePages === undefined ? packageUri(`docs/rules/${ruleId}.md`) : `${rulePages}${ruleId}`;
  };
}
