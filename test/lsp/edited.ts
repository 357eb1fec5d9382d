// What an editor makes of the edit of a code action.
import { fileURLToPath } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TextDocumentEdit, type WorkspaceEdit } from 'vscode-languageserver-protocol/node';

/** The texts of files after an edit. */
export function editedBy(edit: WorkspaceEdit, textOf: (file: string) => string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const change of edit.documentChanges ?? []) {
    if (!TextDocumentEdit.is(change)) {
      if (change.kind === 'create') texts.set(fileURLToPath(change.uri), '');
      continue;
    }
    const file = fileURLToPath(change.textDocument.uri);
    const edits = change.edits.flatMap((it) => ('newText' in it ? [it] : []));
    const document = TextDocument.create(change.textDocument.uri, '', 0, texts.get(file) ?? textOf(file));
    texts.set(file, TextDocument.applyEdits(document, edits));
  }
  return texts;
}
