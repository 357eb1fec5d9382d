// Globs of configurations and of .gitignore files come with a stranger's repository. They become regular expressions that try one
// way after the other, so that a few wildcards more would take hours on one path: such globs are refused, and said.
import picomatch from 'picomatch';

/** With so many wildcards a path of `longest` characters takes milliseconds at worst. */
const most = { length: 500, wildcards: 3, deepWildcards: 3, braces: 4, inSegment: 4, groups: 2 };
/** Longer paths match nothing. */
const longest = 500;

/** A plus repeats the bracket, brace or group before it, as in a regular expression. In `+page.ts` and `c++` it is a sign like others. */
const repeats = /[^\w/.+@\\-]\+/;

/** Whether a glob could take too long, or is none. */
export function isCostly(glob: string): boolean {
  const groups = glob.match(/[@!?]\([^()+]*\)|[*+]\([\w.|-]*\)/g) ?? [];
  const rest = groups.reduce((text, it) => text.replace(it, ')'), glob);
  return (
    glob === '' ||
    glob.length > most.length ||
    groups.length > most.groups ||
    rest.includes('(') ||
    repeats.test(rest) ||
    count(glob, /\{/g) > most.braces ||
    count(glob, /\*\*/g) > most.deepWildcards ||
    glob.split('/').some((it) => it !== '**' && count(it, /\*+/g) > most.wildcards) ||
    glob.split('/').some((it) => count(it, /\*+|\{/g) > most.inSegment)
  );
}

/** Whether a bracket, a brace or a group is opened and never closed: then it stands for itself, and the glob matches nothing. */
export function isUnclosed(glob: string): boolean {
  const text = glob.replace(/\\./g, '');
  return (
    count(text, /\{/g) !== count(text, /\}/g) ||
    count(text, /\(/g) !== count(text, /\)/g) ||
    /\[[^\]]*$/.test(text)
  );
}

/** Whether a path matches one of the globs. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  const sound = globs.filter((it) => !isCostly(it));
  if (sound.length === 0) return () => false;
  const matches = picomatch(sound, { dot: true });
  return (path) => path.length <= longest && matches(path);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
