// `textDocument/hover`: what is known of the event or saga that is named at a position.
import { MarkupKind, type Hover, type HoverParams } from 'vscode-languageserver';
import { lineStarts, type FilePath, type Place } from '../text.ts';
import { hoverAt } from '../views/hover.ts';
import { describeHover } from '../views/hoverText.ts';
import { markdownOf, plainTextOf, type Link } from '../views/markup.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { Abilities } from './abilities.ts';
import { pathOf, rangeOf, spanOf } from './convert.ts';
import type { Session } from './session.ts';

/** What to show at a position; null where nothing is known, also of documents that are no files of the workspace. */
export function hoverIn(
  session: Session,
  { textDocument: { uri }, position }: HoverParams,
  { canRender, encoding }: Pick<Abilities, 'canRender' | 'encoding'>,
): Hover | null {
  const file = pathOf(uri);
  const snapshot = file === undefined ? undefined : session.snapshotOf(file);
  const text = file === undefined ? undefined : snapshot?.textOf(file);
  if (file === undefined || !snapshot || text === undefined) return null;
  const { start } = spanOf(text, { start: position, end: position }, encoding);
  const found = hoverAt(snapshot, file, start);
  if (!found) return null;
  const print = canRender ? markdownOf : plainTextOf;
  const value = print(describeHover(found), (it) => linkTo(session, snapshot, it));
  const kind = canRender ? MarkupKind.Markdown : MarkupKind.PlainText;
  return { contents: { kind, value }, range: rangeOf(text, found.at, encoding) };
}

/** Called by its path in the folder, with its line. */
function linkTo(session: Session, snapshot: Snapshot, { file, at }: Place): Link {
  const line = lineStarts((snapshot.textOf(file) ?? '').slice(0, at.start)).length;
  return {
    label: `${withinRoot(session.roots, file)}:${line}`,
    address: `${session.uriOf(file)}#L${line}`,
  };
}

/** Below the innermost folder that holds it. */
function withinRoot(roots: readonly FilePath[], file: FilePath): string {
  const around = roots.filter((it) => file.startsWith(`${it}/`)).map((it) => it.length + 1);
  return file.slice(Math.max(0, ...around));
}
