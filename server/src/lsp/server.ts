// The language server: which request is answered where. A request that fails is logged and answered with nothing.
import {
  CodeActionKind,
  createConnection,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeAction,
  type CodeActionParams,
  type Connection,
  type InitializeResult,
  type WorkDoneProgressServerReporter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packagePath, packageUri, read } from '../disk.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { abilitiesOf, noAbilities, optionsOf, rootsOf, type Abilities } from './abilities.ts';
import { actionsAt, editsOf, fixAllKind, type ActionData, type Offered } from './codeActions.ts';
import { pathOf, workspaceEditOf } from './convert.ts';
import { factsOf } from './facts.ts';
import type { FactsMethod, FactsParams, FactsResult, StatusMethod } from './protocol.ts';
import { Session } from './session.ts';

const statusMethod: StatusMethod = 'sagalint/status';
const factsMethod: FactsMethod = 'sagalint/facts';

/** Serves one client over the channel that the command line names (`--stdio`, `--node-ipc`) until it goes. */
export function serve(): void {
  const connection = createConnection(ProposedFeatures.all);
  const documents = new TextDocuments(TextDocument);
  const started: Started = { abilities: noAbilities };
  const session = new Session({
    publish: (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] }),
    status: (status) => void connection.sendNotification(statusMethod, status),
    progress: progressOn(connection, () => started.abilities.canShowProgress),
    log: (message) => connection.console.error(message),
  });
  start(connection, session, started);
  followChanges(connection, session);
  answerRequests(connection, session, started);
  documents.onDidChangeContent(({ document }) => session.put(document));
  documents.onDidClose(({ document }) => session.close(document));
  connection.onShutdown(() => session.dispose());
  documents.listen(connection);
  connection.listen();
}

/** What is known since `initialize`. */
interface Started {
  abilities: Abilities;
}

function start(connection: Connection, session: Session, started: Started): void {
  connection.onInitialize((params) => {
    started.abilities = abilitiesOf(params);
    const { rulePages, enable } = optionsOf(params);
    session.rulePages = rulePages ?? packageUri('docs/rules/');
    session.setEnabled(enable !== false);
    session.setFolders(rootsOf(params));
    return answer();
  });
  connection.onInitialized(() => {
    if (started.abilities.canWatch) watch(connection);
    if (!started.abilities.canChangeFolders) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map((it) => pathOf(it.uri)));
      const stay = session.roots.filter((it) => !gone.has(it));
      session.setFolders([...stay, ...added.flatMap((it) => pathOf(it.uri) ?? [])]);
    });
  });
}

function followChanges(connection: Connection, session: Session): void {
  connection.onDidChangeConfiguration(({ settings }) => session.setEnabled(isEnabledBy(settings)));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    session.changed(changes.map(({ uri, type }) => ({ uri, isChange: type === FileChangeType.Changed })));
  });
}

function answerRequests(connection: Connection, session: Session, started: Started): void {
  const contained = <Params, Result>(
    name: string,
    otherwise: (params: Params) => Result,
    handle: (params: Params) => Result,
  ) =>
    function handled(params: Params): Result {
      try {
        return handle(params);
      } catch (error) {
        connection.console.error(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
        return otherwise(params);
      }
    };
  const snapshotOf = (uri: string): Snapshot | undefined => {
    const file = pathOf(uri);
    return file === undefined ? undefined : session.snapshotOf(file);
  };
  const resolved = (action: CodeAction): CodeAction => {
    const data = dataOf(action);
    const snapshot = data && snapshotOf(data.uri);
    if (!data || !snapshot) return action;
    const shown = { textOf: snapshot.textOf, uriOf: (it: string) => session.uriOf(it) };
    const { canCreate } = started.abilities;
    return { ...action, edit: workspaceEditOf(editsOf(snapshot, data), shown, canCreate) };
  };
  const offered = (params: CodeActionParams): CodeAction[] => {
    const snapshot = snapshotOf(params.textDocument.uri);
    const { canExplain, canResolve } = started.abilities;
    const actions: readonly Offered[] = snapshot ? actionsAt(snapshot, params, canExplain) : [];
    return canResolve ? [...actions] : actions.map(resolved);
  };
  const facts = ({ uri }: FactsParams): FactsResult => factsOf(session, uri);
  connection.onCodeAction(contained('codeAction', () => [], offered));
  connection.onCodeActionResolve(contained('codeAction/resolve', (action: CodeAction) => action, resolved));
  connection.onRequest(
    factsMethod,
    contained('facts', () => ({ text: '' }), facts),
  );
}

function answer(): InitializeResult {
  return {
    serverInfo: { name: 'sagalint', version: version() },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: TextDocumentSyncKind.Incremental,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
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

/** The setting `sagalint.enable`, as clients push it. */
function isEnabledBy(settings: unknown): boolean {
  const own: unknown =
    typeof settings === 'object' && settings !== null ? Reflect.get(settings, 'sagalint') : undefined;
  return typeof own !== 'object' || own === null || Reflect.get(own, 'enable') !== false;
}

/** Asks a client that does not watch by itself to tell of changes on the disk. */
function watch(connection: Connection): void {
  const globs = [
    '**/*.{ts,tsx,mts,cts}',
    '**/{package,project,tsconfig*,sagalint.config}.json',
    '**/.gitignore',
  ];
  const watchers = globs.map((globPattern) => ({ globPattern }));
  void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
}

/** One progress at a time; a client that shows none is not bothered. */
function progressOn(
  connection: Connection,
  canShow: () => boolean,
): (done: { readonly count: number; readonly all: number } | undefined) => void {
  let shown: Promise<WorkDoneProgressServerReporter> | undefined;
  return (done) => {
    if (!done) {
      void shown?.then((it) => it.done());
      shown = undefined;
      return;
    }
    if (!canShow()) return;
    shown ??= connection.window.createWorkDoneProgress().then((it) => {
      it.begin('sagalint', 0, 'reads the workspace');
      return it;
    });
    const percent = Math.round((100 * done.count) / Math.max(done.all, 1));
    void shown.then((it) => it.report(percent, `${done.count} of ${done.all} files`));
  };
}

/** Data that came back from the client is checked: it may be of another session. */
function dataOf({ data }: CodeAction): ActionData | undefined {
  const given: unknown = data;
  if (typeof given !== 'object' || given === null || !('kind' in given) || !('uri' in given))
    return undefined;
  return isActionData(given) ? given : undefined;
}

function isActionData(given: object): given is ActionData {
  const field = (key: string): unknown => Reflect.get(given, key);
  if (typeof field('uri') !== 'string') return false;
  if (field('kind') === 'fix-all')
    return field('ruleId') === undefined || typeof field('ruleId') === 'string';
  const isPlaced = typeof field('ruleId') === 'string' && typeof field('start') === 'number';
  if (field('kind') === 'fix') return isPlaced && typeof field('index') === 'number';
  return field('kind') === 'disable' && isPlaced && (field('scope') === 'line' || field('scope') === 'file');
}
