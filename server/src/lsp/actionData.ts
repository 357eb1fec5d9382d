// What an action is, kept with it until the user picks it.
import type { CodeAction } from 'vscode-languageserver';

/** A finding, as far as it takes to find it again in a later snapshot. */
interface FindingKey {
  readonly uri: string;
  readonly ruleId: string;
  readonly start: number;
  readonly message: string;
}

export type ActionData =
  | (FindingKey & { readonly kind: 'fix'; readonly title: string })
  | (FindingKey & { readonly kind: 'disable'; readonly scope: 'line' | 'file' })
  | { readonly kind: 'fix-all'; readonly uri: string; readonly ruleId?: string };

/** Data that came back from the client is checked: it may be of another session. */
export function dataOf({ data }: CodeAction): ActionData | undefined {
  const given: unknown = data;
  return typeof given === 'object' && given !== null && isActionData(given) ? given : undefined;
}

function isActionData(given: object): given is ActionData {
  const field = (key: string): unknown => Reflect.get(given, key);
  const isText = (key: string): boolean => typeof field(key) === 'string';
  if (!isText('uri')) return false;
  if (field('kind') === 'fix-all') return field('ruleId') === undefined || isText('ruleId');
  if (!isText('ruleId') || !isText('message') || typeof field('start') !== 'number') return false;
  if (field('kind') === 'fix') return isText('title');
  return field('kind') === 'disable' && (field('scope') === 'line' || field('scope') === 'file');
}
