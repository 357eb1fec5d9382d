// How the server hears of changes: documents, files on the disk, folders of the workspace, settings.
import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type Connection,
  type FileEvent,
  type TextDocuments,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Abilities } from './abilities.ts';
import { pathOf } from './convert.ts';
import type { DiskChange, Session } from './session.ts';

/** Follows what a client tells without being asked. */
export function follow(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  session: Session,
): void {
  documents.onDidChangeContent(({ document }) => session.put(document));
  documents.onDidSave(({ document }) => session.saved(document));
  documents.onDidClose(({ document }) => session.close(document));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    session.changed(changes.map(({ uri, type }) => ({ uri, kind: kindOf(type) })));
  });
}

/** Once the client is ready, asks it for what it tells on demand only. */
export function subscribe(connection: Connection, session: Session, abilities: Abilities): void {
  if (abilities.canWatch) watch(connection);
  followSettings(connection, session, abilities.canBeAsked);
  if (!abilities.canChangeFolders) return;
  connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
    const gone = new Set(removed.map((it) => pathOf(it.uri)));
    const stay = session.roots.filter((it) => !gone.has(it));
    session.setFolders([...stay, ...added.flatMap((it) => pathOf(it.uri) ?? [])]);
  });
}

function kindOf(type: FileEvent['type']): DiskChange['kind'] {
  if (type === FileChangeType.Created) return 'created';
  return type === FileChangeType.Deleted ? 'deleted' : 'changed';
}

/** Clients push settings, or only say that they changed. */
function followSettings(connection: Connection, session: Session, canBeAsked: boolean): void {
  connection.onDidChangeConfiguration(async ({ settings }) => {
    const pushed = enableIn(memberOf(settings, 'sagalint'));
    const asked = pushed ?? (canBeAsked ? await ask(connection) : undefined);
    if (asked !== undefined) session.setEnabled(asked);
  });
}

async function ask(connection: Connection): Promise<boolean | undefined> {
  try {
    return enableIn(await connection.workspace.getConfiguration('sagalint'));
  } catch {
    return undefined;
  }
}

/** The setting `sagalint.enable`, undefined where nothing is said. */
function enableIn(own: unknown): boolean | undefined {
  const enable = memberOf(own, 'enable');
  return typeof enable === 'boolean' ? enable : undefined;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Asks a client that does not watch by itself to tell of changes on the disk. */
function watch(connection: Connection): void {
  const globs = [
    '**/*.{ts,tsx,mts,cts}',
    '**/{package,project,tsconfig*,sagalint.config}.json',
    '**/.gitignore',
  ];
  const watchers = globs.map((globPattern) => ({ globPattern }));
  connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {
    connection.console.warn(
      'The editor does not tell of changes on the disk: restart after a branch switch.',
    );
  });
}
