// The frameworks that a configuration describes, before those that we know.
import { matcher } from '../config/globs.ts';
import type { Config } from '../config/settings.ts';
import type { Framework } from '../extract/frameworks/framework.ts';
import { frameworks as known } from '../extract/frameworks/known.ts';
import { fromPatterns } from '../extract/frameworks/patterns.ts';
import type { Transport } from '../facts/roles.ts';
import type { FilePath } from '../text.ts';

export interface Frameworks {
  readonly frameworks: readonly Framework[];
  /** Whether a text has a word of the described ones, or its file is one that is described. */
  readonly mayMatter: (text: string, file: FilePath) => boolean;
}

/** What a configuration describes; undefined where it describes nothing. */
export function describedBy({ frameworks }: Config, dir: FilePath): Frameworks | undefined {
  if (frameworks.length === 0) return undefined;
  const own = frameworks.map((it) => described(it, dir));
  const triggers = own.flatMap((it) => it.triggers);
  const isNamed = isIn(frameworks.flatMap(globsOf), dir) ?? (() => false);
  return {
    frameworks: [...own, ...known],
    mayMatter: (text, file) => triggers.some((it) => text.includes(it)) || isNamed(file),
  };
}

type Described = Config['frameworks'][number];

/** The globs that make files matter whatever stands in them. */
function globsOf({ eventFiles, consume }: Described): readonly string[] {
  const alone = consume.filter((it) => !it.call && !it.decorator && !it.base);
  return [...eventFiles, ...alone.flatMap((it) => it.files ?? [])];
}

/** Whether a file matches globs that are relative to the configuration; undefined where there are none. */
function isIn(
  globs: readonly string[] | undefined,
  dir: FilePath,
): ((file: FilePath) => boolean) | undefined {
  if (!globs || globs.length === 0) return undefined;
  const matches = matcher(globs);
  return (file) => matches(dir === '' ? file : file.slice(dir.length + 1));
}

function placed<T extends { readonly files?: readonly string[] | undefined }>(
  { files, ...rest }: T,
  dir: FilePath,
): Omit<T, 'files'> & { readonly isIn?: (file: FilePath) => boolean } {
  const found = isIn(files, dir);
  return { ...rest, ...(found ? { isIn: found } : {}) };
}

function described(
  { name, transport: given, publish, consume, guards, outbox, eventBases, eventFiles, steps }: Described,
  dir: FilePath,
): Framework {
  const transport: Transport = given ?? 'unknown';
  const calls = [...publish, ...outbox, ...guards, ...consume, ...steps].flatMap((it) => it.call ?? []);
  const words = [...consume, ...guards, ...steps].flatMap((it) =>
    [it.decorator, it.base].filter((word) => word !== undefined),
  );
  const isEventFile = isIn(eventFiles, dir);
  return fromPatterns({
    name,
    // A bus of one's own has no package: the last word of each call is looked for.
    modules: [],
    triggers: [...calls.map((it) => it.split('.').at(-1) ?? it), ...words, ...eventBases],
    publish: [
      ...outbox.map((it) => ({ ...placed(it, dir), transport: 'outbox' as const })),
      ...publish.map((it) => ({
        ...placed(it, dir),
        gives: 'unknown' as const,
        transport,
      })),
    ],
    consume: consume.map((it) => ({ ...placed(it, dir), transport })),
    guards: guards.map((it) => placed(it, dir)),
    eventBases,
    ...(isEventFile ? { isEventFile } : {}),
    steps: steps.map((it) => placed(it, dir)),
  });
}
