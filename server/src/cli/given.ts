// What a run of the command is given. Types only.
import type { FilePath } from '../text.ts';
import type { PlacedConfig } from '../workspace/configs.ts';
import type { Loaded } from '../workspace/load.ts';

export interface LintOptions {
  readonly preset?: 'recommended' | 'strict' | 'off';
  readonly rule?: readonly string[];
  readonly config?: string;
  readonly cache?: boolean;
  readonly cacheLocation?: string;
}

export interface Target {
  readonly path: FilePath;
  readonly kind: 'file' | 'folder';
}

/** Everything that decides what a run finds. */
export interface Given {
  readonly targets: readonly Target[];
  readonly options: LintOptions;
  readonly loaded: Loaded;
  readonly configs: readonly PlacedConfig[];
  readonly texts: ReadonlyMap<FilePath, string>;
}
