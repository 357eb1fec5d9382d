// What the client said of itself at `initialize`.
import type { InitializeParams } from 'vscode-languageserver';
import { pathOf } from './convert.ts';
import { encodingOf, type Encoding } from './encoding.ts';
import type { InitializationOptions } from './protocol.ts';

export interface Abilities {
  /** Edits may create files. */
  readonly canCreate: boolean;
  /** Edits of an action may be asked for later. */
  readonly canResolve: boolean;
  /** There is a command that opens a rule's page. */
  readonly canExplain: boolean;
  /** The server may ask to be told of files. */
  readonly canWatch: boolean;
  /** The server may ask for settings. */
  readonly canBeAsked: boolean;
  readonly canShowProgress: boolean;
  readonly canChangeFolders: boolean;
  /** What it shows at a name may be Markdown. */
  readonly canRender: boolean;
  /** How columns are counted. */
  readonly encoding: Encoding;
}

/** Before the client has said anything. */
export const noAbilities: Abilities = {
  canCreate: false,
  canResolve: false,
  canExplain: false,
  canWatch: false,
  canBeAsked: false,
  canShowProgress: false,
  canChangeFolders: false,
  canRender: false,
  encoding: 'utf-16',
};

/** The folders that the client has open. */
export function rootsOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map((it) => it.uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((it) => pathOf(it)?.replace(/\/$/, '') ?? []);
}

/** What the client can do. */
export function abilitiesOf(params: InitializeParams): Abilities {
  const { workspace, textDocument, window } = params.capabilities;
  const { rulePages, watches } = optionsOf(params);
  const operations = workspace?.workspaceEdit?.resourceOperations ?? [];
  return {
    canCreate: workspace?.workspaceEdit?.documentChanges === true && operations.includes('create'),
    canResolve: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') ?? false,
    // Only our own extension has the command, and it names its own pages.
    canExplain: rulePages !== undefined,
    canWatch: workspace?.didChangeWatchedFiles?.dynamicRegistration === true && watches !== true,
    canBeAsked: workspace?.configuration === true,
    canShowProgress: window?.workDoneProgress === true,
    canChangeFolders: workspace?.workspaceFolders === true,
    canRender: textDocument?.hover?.contentFormat?.[0] === 'markdown',
    encoding: encodingOf(params),
  };
}

/** The options of our own extension, or of a user's editor settings; what is not of the right type is left out. */
export function optionsOf({ initializationOptions }: InitializeParams): InitializationOptions {
  const given: unknown = initializationOptions;
  if (typeof given !== 'object' || given === null) return {};
  const rulePages: unknown = Reflect.get(given, 'rulePages');
  return {
    ...(typeof rulePages === 'string' ? { rulePages } : {}),
    watches: Reflect.get(given, 'watches') === true,
    enable: Reflect.get(given, 'enable') !== false,
  };
}
