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
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type WorkDoneProgressServerReporter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packagePath, packageUri, read } from '../disk.ts';
import { actionsAt, editsOf, fixAllKind, type ActionData, type Offered } from './codeActions.ts';
import { pathOf, workspaceEditOf } from './convert.ts';
import { factsOf } from './facts.ts';
import type {
  FactsMethod,
  FactsParams,
  FactsResult,
  InitializationOptions,
  StatusMethod,
} from './protocol.ts';
import { Session } from './session.ts';

const statusMethod: StatusMethod = 'sagalint/status';
const factsMethod: FactsMethod = 'sagalint/facts';

/** Serves one client over the channel that the command line names (`--stdio`, `--node-ipc`) until it goes. */
export function serve(): void {
  const connection = createConnection(ProposedFeatures.all);
  const documents = new TextDocuments(TextDocument);
  const abilities = {
    canCreate: false,
    canResolve: false,
    canExplain: false,
    canWatch: false,
    canShowProgress: false,
  };
  const session = new Session({
    publish: (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] }),
    status: (status) => void connection.sendNotification(statusMethod, status),
    progress: progressOn(connection, () => abilities.canShowProgress),
    log: (message) => connection.console.error(message),
  });

  connection.onInitialize((params) => {
    Object.assign(abilities, abilitiesOf(params));
    const { rulePages, enable } = optionsOf(params);
    session.rulePages = rulePages ?? packageUri('docs/rules/').concat('');
    session.setEnabled(enable !== false);
    session.setFolders(rootsOf(params));
    return answer();
  });
  connection.onInitialized(() => {
    if (abilities.canWatch) watch(connection);
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map((it) => pathOf(it.uri)));
      const stay = session.roots.filter((it) => !gone.has(it));
      session.setFolders([...stay, ...added.flatMap((it) => pathOf(it.uri) ?? [])]);
    });
  });
  connection.onDidChangeConfiguration(({ settings }) => session.setEnabled(isEnabledBy(settings)));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    session.changed(changes.map(({ uri, type }) => ({ uri, isChange: type === FileChangeType.Changed })));
  });
  documents.onDidChangeContent(({ document }) => session.put(document));
  documents.onDidClose(({ document }) => session.close(document));

  const contained = <Params, Result>(name: string, otherwise: Result, handle: (params: Params) => Result) =>
    function handled(params: Params): Result {
      try {
        return handle(params);
      } catch (error) {
        connection.console.error(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
        return otherwise;
      }
    };
  const resolved = (action: CodeAction): CodeAction => {
    const data = dataOf(action);
    const file = data && pathOf(data.uri);
    const snapshot = file === undefined ? undefined : session.snapshotOf(file);
    if (!data || !snapshot) return action;
    const shown = { textOf: snapshot.textOf, uriOf: (it: string) => session.uriOf(it) };
    return { ...action, edit: workspaceEditOf(editsOf(snapshot, data), shown, abilities.canCreate) };
  };
  connection.onCodeAction(
    contained('codeAction', [], (params) => {
      const file = pathOf(params.textDocument.uri);
      const snapshot = file === undefined ? undefined : session.snapshotOf(file);
      const offered: readonly Offered[] = snapshot ? actionsAt(snapshot, params, abilities.canExplain) : [];
      return abilities.canResolve ? [...offered] : offered.map(resolved);
    }),
  );
  connection.onCodeActionResolve((action) => contained('codeAction/resolve', action, resolved)(action));
  connection.onRequest(
    factsMethod,
    contained('facts', { text: '' }, ({ uri }: FactsParams): FactsResult => factsOf(session, uri)),
  );
  connection.onShutdown(() => session.dispose());
  documents.listen(connection);
  connection.listen();
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

function rootsOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map((it) => it.uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((it) => pathOf(it)?.replace(/\/$/, '') ?? []);
}

function abilitiesOf(params: InitializeParams): {
  canCreate: boolean;
  canResolve: boolean;
  canExplain: boolean;
  canWatch: boolean;
  canShowProgress: boolean;
} {
  const { workspace, textDocument, window } = params.capabilities;
  const { rulePages, watches } = optionsOf(params);
  const operations = workspace?.workspaceEdit?.resourceOperations ?? [];
  return {
    canCreate: workspace?.workspaceEdit?.documentChanges === true && operations.includes('create'),
    canResolve: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') ?? false,
    // Only our own extension has the command, and it names its own pages.
    canExplain: rulePages !== undefined,
    canWatch: workspace?.didChangeWatchedFiles?.dynamicRegistration === true && watches !== true,
    canShowProgress: window?.workDoneProgress === true,
  };
}

function optionsOf({ initializationOptions }: InitializeParams): InitializationOptions {
  const given: unknown = initializationOptions;
  if (typeof given !== 'object' || given === null) return {};
  const rulePages: unknown = Reflect.get(given, 'rulePages');
  return {
    ...(typeof rulePages === 'string' ? { rulePages } : {}),
    watches: Reflect.get(given, 'watches') === true,
    enable: Reflect.get(given, 'enable') !== false,
  };
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
