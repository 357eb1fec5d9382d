// "Show Facts of This File": what the server read from a file, as a read-only document beside it.
import { ViewColumn, window, workspace } from 'vscode';
import type { Uri } from 'vscode';
import type { FactsMethod, FactsParams, FactsResult } from '../../server/src/lsp/protocol.ts';
import type { Session } from './session.ts';

/** The scheme of the documents that show facts. Path and query are the file's. */
export const factsScheme = 'sagalint-facts';

const method: FactsMethod = 'sagalint/facts';

/** Opens the facts of the file in the active editor. */
export async function showFacts(): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined || document.uri.scheme !== 'file') {
    await window.showInformationMessage('Open a TypeScript file first: its facts are shown beside it.');
    return;
  }
  // The version in the query makes each call a fresh document: VS Code keeps the text of one it has shown.
  const uri = document.uri.with({
    scheme: factsScheme,
    path: `${document.uri.path}.facts`,
    query: String(document.version),
    fragment: document.uri.toString(),
  });
  const facts = await workspace.openTextDocument(uri);
  await window.showTextDocument(facts, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
}

/** The text of a document that shows facts. */
export async function factsOf(session: Session, uri: Uri): Promise<string> {
  const params: FactsParams = { uri: uri.fragment };
  const result = await session.request<FactsResult>(method, params);
  return result?.text ?? 'sagalint does not run here: see the setting sagalint.enable.';
}
