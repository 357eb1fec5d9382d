// Which documents and files the server hears of.
import { EventEmitter, FileType, workspace } from 'vscode';
import type { FileSystemWatcher, Uri } from 'vscode';

/** The documents that are linted, and whose unsaved text the server sees. */
export const documents = [
  { scheme: 'file', language: 'typescript' },
  { scheme: 'file', language: 'typescriptreact' },
] as const;

const watched = [
  '**/*.{ts,tsx,mts,cts}',
  '**/sagalint.config.json',
  '**/{package,project,tsconfig*}.json',
  '**/.gitignore',
];

/** Watches what the server reads from the disk. Whoever calls must dispose of the watchers. */
export function watchFiles(): FileSystemWatcher[] {
  return [...watched.map((glob) => workspace.createFileSystemWatcher(glob)), watchFolders()];
}

/**
 * A folder that comes or goes is one event of the folder: none of the files in it. So these are passed on too. What
 * is gone can't be asked for its kind, so every deletion is; the server knows what it had.
 */
function watchFolders(): FileSystemWatcher {
  const watcher = workspace.createFileSystemWatcher('**/*', false, true, false);
  const created = new EventEmitter<Uri>();
  const deleted = new EventEmitter<Uri>();
  watcher.onDidCreate(async (uri) => {
    if (!isForeign(uri) && (await isFolder(uri))) created.fire(uri);
  });
  watcher.onDidDelete((uri) => {
    if (!isForeign(uri) && !isWatchedFile(uri)) deleted.fire(uri);
  });
  return {
    ignoreCreateEvents: false,
    ignoreChangeEvents: true,
    ignoreDeleteEvents: false,
    onDidCreate: created.event,
    onDidChange: new EventEmitter<Uri>().event,
    onDidDelete: deleted.event,
    dispose: () => [watcher, created, deleted].forEach((it) => it.dispose()),
  };
}

function isForeign(uri: Uri): boolean {
  return /\/(\.git|node_modules)\//.test(uri.path);
}

function isWatchedFile(uri: Uri): boolean {
  return /\.(ts|tsx|mts|cts|json)$/.test(uri.path);
}

async function isFolder(uri: Uri): Promise<boolean> {
  try {
    return (await workspace.fs.stat(uri)).type === FileType.Directory;
  } catch {
    return false;
  }
}
