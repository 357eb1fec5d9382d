// What the client is to show of a folder: the findings of its files and the faults of its configuration files.
import type { Diagnostic } from 'vscode-languageserver';
import { packageUri } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import type { FilePath } from '../text.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { diagnosticOf, diagnosticOfProblem, linesIn } from './convert.ts';
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
}

/** The diagnostics of all files that have any, by URI. */
export function diagnosticsOf(
  sources: readonly Source[],
  { uriOf, textOf, rulePages, encoding }: Showing,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const all = new Map<string, readonly Diagnostic[]>();
  const add = (file: FilePath, more: readonly Diagnostic[]): void => {
    const uri = uriOf(file);
    all.set(uri, [...(all.get(uri) ?? []), ...more]);
  };
  for (const { snapshot, tellsOf } of sources) {
    const shown = { linesOf: linesIn(snapshot.textOf), uriOf, pageOf: pagesFrom(rulePages), encoding };
    for (const [file, findings] of snapshot.findingsOf) {
      if (tellsOf(file))
        add(
          file,
          findings.map((it) => diagnosticOf(it, shown)),
        );
    }
  }
  // A configuration above two folders is read by both.
  const problems = new Map(
    sources.flatMap(({ folder }) => folder.problems).map((it) => [JSON.stringify(it), it]),
  );
  for (const it of problems.values())
    add(it.file, [diagnosticOfProblem(it, textOf(it.file) ?? '', encoding)]);
  return all;
}

/** The pages of the client, else the files that lie beside this program. */
function pagesFrom(rulePages: string | undefined): (ruleId: string) => string | undefined {
  return (ruleId) => {
    if (!rules.some((it) => it.id === ruleId)) return undefined;
    return rulePages === undefined ? packageUri(`docs/rules/${ruleId}.md`) : `${rulePages}${ruleId}`;
  };
}
