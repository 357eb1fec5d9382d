// The helper that a workspace without one is given: it tries a compensation again, and escalates what fails for good.
import type { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import { endingIn, specifierTo } from './imports.ts';
import type { EscalateFailurePlan } from './plan.ts';
import { helperBeside, newlineOf, quoteOf, unitOf, usesSemicolons } from './style.ts';

/** The function that the file exports. */
export const escalationFunction = 'compensateOrEscalate';

type Uses = NonNullable<EscalateFailurePlan['uses']>;

/** Where the helper of a folder is, and the edit that creates it where it is not there yet. */
export function escalationBeside(
  source: ts.SourceFile,
  uses: Uses,
  read: (file: FilePath) => string | undefined,
): { readonly file: FilePath; readonly created: readonly FileEdit[] } {
  return helperBeside(source, escalationFunction, { read, written: (file) => written(source, file, uses) });
}

const registered = `/** Writes down what is stuck, and tells somebody who can mend it. */
export type Escalate = (compensation: string, error: unknown) => Promise<void>;

let escalate: Escalate | undefined;

/** Call it once when the process starts, before a saga does. */
export function onStuckCompensation(handle: Escalate): void {
\tescalate = handle;
}

`;

const own = (answer: string): string => `\tfor (let attempt = 1; ; attempt += 1) {
\t\ttry {
\t\t\tawait work(...args);
\t\t\treturn;
\t\t} catch (error) {
\t\t\tif (attempt < 3) await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** attempt));
\t\t\telse return ${answer};
\t\t}
\t}
`;

const retrying = (retry: string, answer: string): string => `\ttry {
\t\tawait ${retry}(async () => {
\t\t\tawait work(...args);
\t\t});
\t} catch (error) {
\t\tawait ${answer};
\t}
`;

function text({ retry, escalate }: Uses): string {
  const told = { label: 'compensation', error: 'error', text: '`${compensation}: ${String(error)}`' };
  const answer = escalate
    ? `${escalate.name}(${escalate.arguments.map((it) => told[it]).join(', ')})`
    : 'escalated(compensation, error)';
  const tries = retry
    ? `Tries with \\\`${retry.name}\\\``
    : 'Tries three times, each time after a longer pause';
  const doc = `/** ${tries.replaceAll('\\`', '`')}. What fails even then is escalated, and the other compensations still run. */`;
  const head = `export async function ${escalationFunction}<Args extends unknown[]>(
\tcompensation: string,
\twork: (...args: Args) => unknown,
\t...args: Args
): Promise<void> {
`;
  const body = retry ? retrying(retry.name, answer) : own(answer);
  const last = escalate
    ? ''
    : `
async function escalated(compensation: string, error: unknown): Promise<void> {
\tif (!escalate) throw error;
\tawait escalate(compensation, error);
}
`;
  return `${escalate ? '' : registered}${doc}\n${head}${body}}\n${last}`;
}

/** In the style of the file that uses it. */
function written(source: ts.SourceFile, file: FilePath, uses: Uses): string {
  const quote = quoteOf(source.text);
  const end = usesSemicolons(source) ? ';' : '';
  const imports = [uses.retry, uses.escalate].flatMap((it) => {
    if (!it) return [];
    const from = specifierTo(file, it.file, endingIn([source.text]));
    return [`import { ${it.name} } from ${quote}${from}${quote}${end}\n`];
  });
  const indented = text(uses).replaceAll('\t', unitOf(source.text));
  const plain = end === ';' ? indented : indented.replaceAll(/;$/gm, '');
  const all = `${imports.join('')}${imports.length > 0 ? '\n' : ''}${plain}`;
  return all.replaceAll('\n', newlineOf(source.text));
}
