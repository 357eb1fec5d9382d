// What package.json, tsconfig.json and project.json say about names and services, as plain data.
import type { FilePath } from '../text.ts';

export interface ProjectFacts {
  /** The folder that the file stands in. */
  readonly dir: FilePath;
  /** `package.json`: its name, main entries, dependencies and workspaces. */
  readonly package?: {
    readonly name?: string;
    readonly isPrivate: boolean;
    /** Entry points by subpath (`.`, `./events`), as relative paths; `main`, `types` and `exports` joined. */
    readonly entries: Readonly<Record<string, string>>;
    readonly dependencies: readonly string[];
    readonly workspaces: readonly string[];
  };
  /** `tsconfig*.json`: path mapping, with `baseUrl` and `extends` already applied by the reader, targets relative to `dir`. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly baseUrl?: string;
  /** Nx `project.json`: the project's name. */
  readonly nxName?: string;
}
