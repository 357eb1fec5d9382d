// What the client and the server say to each other beside the standard protocol. Types only: the client may import this file.

/** What the server is told at `initialize`. */
export interface InitializationOptions {
  /** A URI that ends with a slash; with a rule's id behind it, it opens the rule's page. It is each diagnostic's `codeDescription.href`. */
  readonly rulePages?: string;
  /** The client tells of changes on the disk without being asked. */
  readonly watches?: boolean;
  /** `false`: says nothing until the setting `sagalint.enable` changes. */
  readonly enable?: boolean;
}

/** Notification of the server, at each change of what it says. */
export type StatusMethod = 'sagalint/status';

export interface StatusParams {
  readonly state: 'indexing' | 'ready' | 'error';
  /** Files that were looked at. */
  readonly files: number;
  readonly findings: number;
  /** Event names that could not be read from the text. */
  readonly unread: number;
  readonly message?: string;
  /** What the round of linting took, without the quiet time before it. */
  readonly milliseconds?: number;
}

/** Request: the facts of one file, as people read them. */
export type FactsMethod = 'sagalint/facts';

export interface FactsParams {
  readonly uri: string;
}

export interface FactsResult {
  readonly text: string;
}

/** Request: the files of a new saga. Nothing is written. */
export type NewSagaMethod = 'sagalint/newSaga';

/** What the user typed; `folder` is the URI of where the files go. */
export interface NewSagaParams {
  readonly folder: string;
  readonly name: string;
  readonly steps: string;
  readonly store: string;
  readonly broker: string;
}

export interface NewSagaResult {
  /** By their names in the folder. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Why there are none, in one sentence. */
  readonly problem?: string;
}
