// The helper that a workspace without one is given: it fails when work takes too long.
import type { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import { helperBeside, newlineOf, unitOf, usesSemicolons } from './style.ts';

/** The function that the file exports. */
export const timeoutFunction = 'withTimeout';

/** Where the helper of a folder is, and the edit that creates it where it is not there yet. */
export function timeoutBeside(
  source: ts.SourceFile,
  read: (file: FilePath) => string | undefined,
): { readonly file: FilePath; readonly created: readonly FileEdit[] } {
  return helperBeside(source, timeoutFunction, { read, written: () => written(source) });
}

const lines = `/** Fails when the work takes longer. What it began may still take effect: a compensation has to expect both. */
export async function withTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
\tlet timer: ReturnType<typeof setTimeout> | undefined;
\tconst late = new Promise<never>((_, reject) => {
\t\ttimer = setTimeout(() => reject(new Error(\`No answer within \${milliseconds} ms.\`)), milliseconds);
\t});
\ttry {
\t\treturn await Promise.race([work, late]);
\t} finally {
\t\tclearTimeout(timer);
\t}
}
`;

/** In the style of the file that uses it. */
function written(source: ts.SourceFile): string {
  const indented = lines.replaceAll('\t', unitOf(source.text));
  const plain = usesSemicolons(source) ? indented : indented.replaceAll(/;$/gm, '');
  return plain.replaceAll('\n', newlineOf(source.text));
}
