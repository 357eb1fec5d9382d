// "New Saga…": asks, has the server write the files, and shows them before they are created.
import { Position, ProgressLocation, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { NewSagaMethod, NewSagaParams, NewSagaResult } from '../../server/src/lsp/protocol.ts';
import type { Session } from './session.ts';

const method: NewSagaMethod = 'sagalint/newSaga';

/** `argument` is the folder, where the command comes from the explorer's menu. */
export async function newSaga(session: Session, argument: unknown): Promise<void> {
  const folder = argument instanceof Uri ? argument : await askFolder();
  const wishes = folder && (await askWishes());
  if (folder === undefined || wishes === undefined) return;
  const params: NewSagaParams = { folder: folder.toString(), ...wishes };
  const result = await window.withProgress(
    { location: ProgressLocation.Notification, title: `sagalint writes the saga ${wishes.name}` },
    () => session.request<NewSagaResult>(method, params),
  );
  const problem = result === undefined ? 'sagalint does not run here.' : result.problem;
  if (result === undefined || problem !== undefined) {
    void window.showErrorMessage(problem ?? '');
    return;
  }
  await workspace.applyEdit(editOf(folder, result), { isRefactoring: true });
}

async function askFolder(): Promise<Uri | undefined> {
  const [first] = workspace.workspaceFolders ?? [];
  const active = window.activeTextEditor?.document.uri;
  const defaultUri = active?.scheme === 'file' ? Uri.joinPath(active, '..') : first?.uri;
  const chosen = await window.showOpenDialog({
    title: 'The folder of the saga',
    openLabel: 'Write the Saga Here',
    canSelectFiles: false,
    canSelectFolders: true,
    ...(defaultUri ? { defaultUri } : {}),
  });
  return chosen?.[0];
}

async function askWishes(): Promise<Omit<NewSagaParams, 'folder'> | undefined> {
  const title = 'New Saga';
  const name = await window.showInputBox({
    title: `${title} (1/4): its name`,
    prompt: 'What the saga is about; classes, tables and topics are named after it',
    value: 'Order',
    validateInput: (text) => (/^[A-Za-z]/.test(text.trim()) ? undefined : 'A name begins with a letter.'),
  });
  const steps =
    name &&
    (await window.showInputBox({
      title: `${title} (2/4): its steps`,
      prompt: 'Each with what undoes it; what can’t be undone comes last',
      value: 'reserve-stock:release-stock,charge-card:refund-card,confirm-order',
    }));
  const store =
    steps &&
    (await window.showQuickPick(['sqlite', 'postgres'], { title: `${title} (3/4): where sagas are kept` }));
  const brokers = ['none', 'kafkajs', 'amqplib', 'bullmq', 'sqs'];
  const broker =
    store && (await window.showQuickPick(brokers, { title: `${title} (4/4): what starts sagas` }));
  return name && steps && store && broker ? { name, steps, store, broker } : undefined;
}

/**
 * What needs confirmation makes VS Code show the whole edit first, but is itself not ticked there. So it is
 * an insertion of nothing: the files are ticked, and are written when the user applies what is shown.
 */
function editOf(folder: Uri, { files }: NewSagaResult): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  for (const { name, text } of files) {
    const contents = new TextEncoder().encode(text);
    edit.createFile(Uri.joinPath(folder, name), { contents, ignoreIfExists: false });
  }
  const [first] = files;
  const metadata = { needsConfirmation: true, label: 'Look at the files before they are written' };
  if (first) edit.insert(Uri.joinPath(folder, first.name), new Position(0, 0), '', metadata);
  return edit;
}
