// Starts the language server and shows what it says. All answers are the server's.
import { commands, window, workspace } from 'vscode';
import type { ExtensionContext, TextDocumentContentProvider } from 'vscode';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';
import { commandTable } from './commands.ts';
import { openRulePage, pagesFrom } from './rulePages.ts';
import { Session } from './session.ts';
import { showStatus } from './status.ts';
import { factsScheme, factsOf } from './facts.ts';

/** What other extensions and the tests may ask. */
export interface Api {
  /** What the server said last, or undefined while it does not run. */
  readonly status: () => StatusParams | undefined;
}

let session: Session | undefined;

/** Called by VS Code once, on the first TypeScript file. */
export function activate(context: ExtensionContext): Api {
  const output = window.createOutputChannel('sagalint', { log: true });
  const pages = pagesFrom(context);
  const started = new Session({ serverModule: context.asAbsolutePath('dist/server.cjs'), pages, output });
  session = started;
  const facts: TextDocumentContentProvider = { provideTextDocumentContent: (uri) => factsOf(started, uri) };
  context.subscriptions.push(
    output,
    showStatus(started),
    ...commandTable.map(({ id, run }) =>
      commands.registerCommand(id, (argument: unknown) => run({ session: started, pages, output }, argument)),
    ),
    window.registerUriHandler({ handleUri: (uri) => openRulePage(pages, uri.path.split('/').at(-1) ?? '') }),
    workspace.registerTextDocumentContentProvider(factsScheme, facts),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('sagalint.enable')) await started.follow(isEnabled());
    }),
  );
  // Nobody waits for the server, nor for the start of its process: `status` tells when it has read the workspace.
  setImmediate(() => {
    if (session === started) void started.follow(isEnabled());
  });
  return { status: () => started.status };
}

/** Called by VS Code before it ends. */
export async function deactivate(): Promise<void> {
  const ended = session;
  session = undefined;
  await ended?.follow(false);
}

function isEnabled(): boolean {
  return workspace.getConfiguration('sagalint').get('enable') !== false;
}
