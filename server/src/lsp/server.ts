// The language server: which request is answered where. A request that fails is logged and answered with nothing.
import {
  CodeActionKind,
  createConnection,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeAction,
  type CodeActionParams,
  type Connection,
  type Hover,
  type HoverParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packagePath, read } from '../disk.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { abilitiesOf, noAbilities, optionsOf, rootsOf, type Abilities } from './abilities.ts';
import { dataOf } from './actionData.ts';
import { editsOf } from './actionEdits.ts';
import { actionsAt, fixAllKind, type Offered } from './codeActions.ts';
import { pathOf, workspaceEditOf } from './convert.ts';
import { factsOf } from './facts.ts';
import { follow, subscribe } from './following.ts';
import { hoverIn } from './hover.ts';
import { progressOn } from './progress.ts';
import { newSagaIn } from './newSaga.ts';
import type { FactsMethod, FactsParams, FactsResult, NewSagaMethod, StatusMethod } from './protocol.ts';
import { Session } from './session.ts';

const statusMethod: StatusMethod = 'sagalint/status';
const factsMethod: FactsMethod = 'sagalint/facts';
const newSagaMethod: NewSagaMethod = 'sagalint/newSaga';

/** Serves one client over the channel that the command line names (`--stdio`, `--node-ipc`) until it goes. */
export function serve(): void {
  const connection = createConnection(ProposedFeatures.all);
  const documents = new TextDocuments(TextDocument);
  const started: Started = { abilities: noAbilities };
  const session = sessionOn(connection, started);
  start(connection, session, started);
  follow(connection, documents, session);
  answerRequests(connection, session, started);
  connection.onShutdown(() => session.dispose());
  documents.listen(connection);
  connection.listen();
}

/** What is known since `initialize`. */
interface Started {
  abilities: Abilities;
}

function sessionOn(connection: Connection, started: Started): Session {
  // A client that went away hears nothing any more; that is no fault.
  const tell = (sent: Promise<void>): void => void sent.catch(() => undefined);
  return new Session({
    publish: (uri, version, diagnostics) =>
      tell(
        connection.sendDiagnostics({
          uri,
          ...(version === undefined ? {} : { version }),
          diagnostics: [...diagnostics],
        }),
      ),
    status: (status) => tell(connection.sendNotification(statusMethod, status)),
    progress: progressOn(connection, () => started.abilities.canShowProgress),
    log: (message) => connection.console.error(message),
  });
}

function start(connection: Connection, session: Session, started: Started): void {
  connection.onInitialize((params) => {
    started.abilities = abilitiesOf(params);
    const { rulePages, enable, watches } = optionsOf(params);
    session.rulePages = rulePages;
    session.encoding = started.abilities.encoding;
    session.isUnwatched = watches !== true && !started.abilities.canWatch;
    session.setEnabled(enable !== false);
    session.setFolders(rootsOf(params));
    return answer(started.abilities);
  });
  connection.onInitialized(() => subscribe(connection, session, started.abilities));
}

function answerRequests(connection: Connection, session: Session, started: Started): void {
  const resolved = (action: CodeAction): CodeAction => resolve(session, started.abilities, action);
  const offered = (params: CodeActionParams): CodeAction[] => {
    const { canExplain, canResolve, encoding } = started.abilities;
    const snapshot = snapshotOf(session, params.textDocument.uri);
    const actions: readonly Offered[] = snapshot ? actionsAt(snapshot, params, { canExplain, encoding }) : [];
    return canResolve ? [...actions] : actions.map(resolved).filter((it) => it.edit ?? it.command);
  };
  const facts = ({ uri }: FactsParams): FactsResult => factsOf(session, uri);
  const hover = (params: HoverParams): Hover | null => hoverIn(session, params, started.abilities);
  const contained = containing(connection);
  connection.onCodeAction(contained('codeAction', () => [], offered));
  connection.onCodeActionResolve(contained('codeAction/resolve', (action: CodeAction) => action, resolved));
  connection.onHover(contained('hover', () => null, hover));
  connection.onRequest(
    factsMethod,
    contained('facts', () => ({ text: '' }), facts),
  );
  connection.onRequest(
    newSagaMethod,
    contained('newSaga', () => ({ files: [], problem: 'sagalint failed: see its output.' }), newSagaIn),
  );
}

/** Wraps a request: what it throws is logged, and answered otherwise. */
function containing(connection: Connection) {
  return <Params, Result>(
      name: string,
      otherwise: (params: Params) => Result,
      handle: (params: Params) => Result,
    ) =>
    (params: Params): Result => {
      try {
        return handle(params);
      } catch (error) {
        connection.console.error(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
        return otherwise(params);
      }
    };
}

function snapshotOf(session: Session, uri: string): Snapshot | undefined {
  const file = pathOf(uri);
  return file === undefined ? undefined : session.snapshotOf(file);
}

/** Works out what an action changes. One that speaks of other texts than the editor has changes nothing. */
function resolve(session: Session, { canCreate, encoding }: Abilities, action: CodeAction): CodeAction {
  const data = dataOf(action);
  const snapshot = data && snapshotOf(session, data.uri);
  if (!data || !snapshot) return action;
  const edits = editsOf(snapshot, data, (file) => session.textOf(file));
  const textOf = (file: string): string | undefined => snapshot.textOf(file) ?? session.textOf(file);
  if (edits.length === 0 || edits.some((it) => textOf(it.file) !== session.textOf(it.file))) return action;
  const edited = {
    textOf,
    uriOf: (file: string) => session.uriOf(file),
    versionOf: (file: string) => session.versionOf(file) ?? null,
    encoding,
  };
  return { ...action, edit: workspaceEditOf(edits, edited, canCreate) };
}

function answer({ encoding }: Abilities): InitializeResult {
  // The library that keeps documents counts ranges in UTF-16: other clients send whole texts.
  const change = encoding === 'utf-16' ? TextDocumentSyncKind.Incremental : TextDocumentSyncKind.Full;
  return {
    serverInfo: { name: 'sagalint', version: version() },
    capabilities: {
      positionEncoding: encoding,
      textDocumentSync: { openClose: true, change, save: true },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
      hoverProvider: true,
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

function version(): string {
  const manifest: unknown = JSON.parse(read(packagePath('package.json')) ?? '{}');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}
