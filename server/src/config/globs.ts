// Globs of configurations and of .gitignore files come with a stranger's repository. They become regular expressions that try one
// way after the other, so that a few wildcards more would take hours on one path: such globs are refused, and said.
import picomatch from 'picomatch';

/** With so many wildcards a path of `longest` characters takes milliseconds at worst. */
const most = { length: 500, wildcards: 3, deepWildcards: 3, braces: 4, inSegment: 5, groups: 2 };
/** Longer paths match nothing. */
const longest = 500;

/** A plus repeats the bracket, brace or group before it, as in a regular expression. In `+page.ts` and `c++` it is a sign like others. */
const repeats = /[\]})]"*\+/;

/** Whether a glob could take too long, or is none. */
export function isCostly(glob: string): boolean {
  const groups = glob.match(/[@!?]\([^()+]*\)|[*+]\([\w.|-]*\)/g) ?? [];
  const rest = groups.reduce((text, it) => text.replace(it, ')'), glob);
  return (
    glob === '' ||
    hasManyStars(glob) ||
    groups.length > most.groups ||
    rest.includes('(') ||
    repeats.test(rest) ||
    groups.some(isReadInManyWays) ||
    count(glob, /\{/g) > most.braces ||
    glob.split('/').some((it) => count(it, /\*+|\{/g) > most.inSegment)
  );
}

/** Whether a pattern, be it a glob's or that of a .gitignore, has more stars than are tried in time, or is longer than anybody's. */
export function hasManyStars(pattern: string): boolean {
  return (
    pattern.length > most.length ||
    count(pattern, /\*\*/g) > most.deepWildcards ||
    pattern.split('/').some((it) => it !== '**' && count(it, /\*+/g) > most.wildcards)
  );
}

/** `+(ab|a|b)` reads `ab` in two ways, and a name of many in more than can be tried; no way begins another one of `+(spec|test)`. */
function isReadInManyWays(group: string): boolean {
  if (!/^[*+]/.test(group)) return false;
  const ways = group.slice(2, -1).split('|');
  return ways.some((one, index) => ways.some((other, at) => at !== index && other.startsWith(one)));
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
