// The frameworks that a configuration describes, before those that we know.
import type { Config } from '../config/settings.ts';
import type { Framework } from '../extract/frameworks/framework.ts';
import { frameworks as known } from '../extract/frameworks/known.ts';
import { fromPatterns } from '../extract/frameworks/patterns.ts';

export interface Frameworks {
  readonly frameworks: readonly Framework[];
  /** Whether a text has a word of the described ones. */
  readonly mayMatter: (text: string) => boolean;
}

/** What a configuration describes; undefined where it describes nothing. */
export function describedBy({ frameworks }: Config): Frameworks | undefined {
  if (frameworks.length === 0) return undefined;
  const own = frameworks.map(described);
  const triggers = own.flatMap((it) => it.triggers);
  return {
    frameworks: [...own, ...known],
    mayMatter: (text) => triggers.some((it) => text.includes(it)),
  };
}

function described({
  name,
  publish,
  consume,
  guards,
  outbox,
  eventBases,
}: Config['frameworks'][number]): Framework {
  const stored = outbox.map((it) => ({ ...it, transport: 'outbox' as const }));
  const calls = [...publish, ...outbox, ...guards, ...consume].flatMap((it) => it.call ?? []);
  const names = consume.flatMap((it) => [it.decorator, it.base].filter((word) => word !== undefined));
  return fromPatterns({
    name,
    // A bus of one's own has no package: the last word of each call is looked for.
    modules: [],
    triggers: [...calls.map((it) => it.split('.').at(-1) ?? it), ...names, ...eventBases],
    publish: [
      ...stored,
      ...publish.map((it) => ({ ...it, gives: 'unknown' as const, transport: 'unknown' as const })),
    ],
    consume: consume.map((it) => ({ ...it, transport: 'unknown' as const })),
    guards,
    eventBases,
  });
}
