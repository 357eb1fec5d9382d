// Which frameworks a text can concern at all: most have words of their own, without which none of its calls is theirs.
import { once } from '../facts/once.ts';
import { anyOf } from './anyOf.ts';
import type { Framework } from './frameworks/framework.ts';

/** The frameworks of which a text has a trigger, and those that may recognise something without. */
export function concernedWith(text: string, frameworks: readonly Framework[]): readonly Framework[] {
  const { words, triggeredBy } = wordsOf(frameworks);
  const found = new Set<Framework>();
  words.lastIndex = 0;
  for (let match = words.exec(text); match; match = words.exec(text)) {
    for (const it of triggeredBy.get(match[0]) ?? []) found.add(it);
    // Words may overlap.
    words.lastIndex = match.index + 1;
  }
  return frameworks.filter((it) => !it.hasTriggersAlways || found.has(it));
}

function triggersOf({ triggers, everydayTriggers = [] }: Framework): readonly string[] {
  return [...triggers, ...everydayTriggers];
}

const wordsOf = once((all: readonly Framework[]) => {
  const frameworks = all.filter((it) => it.hasTriggersAlways);
  const longestFirst = [...new Set(frameworks.flatMap(triggersOf))].sort((a, b) => b.length - a.length);
  const words = anyOf(longestFirst, 'g');
  // At one place the longest word is found; it stands for those within it.
  const triggeredBy = new Map(
    longestFirst.map((word) => [
      word,
      frameworks.filter((it) => triggersOf(it).some((own) => word.includes(own))),
    ]),
  );
  return { words, triggeredBy };
});
