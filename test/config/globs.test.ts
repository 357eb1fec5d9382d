// Globs that come with a repository are matched in time, or refused.
import { assert, oneof, property, string, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCostly, matcher } from '../../server/src/config/globs.ts';
import { readConfig } from '../../server/src/config/read.ts';

const hostile = [
  '*a*a*a*a*a*a*a*a*a*b',
  '**/a/**/a/**/a/**/a/**/a/**/b',
  '*(*a|*b)*(*a)c',
  '(a+)+b',
  '{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}b',
  `${'?'.repeat(600)}`,
  '',
  // A plus repeats what stands in a brace or bracket, also across signs that mean nothing.
  '{a,aa}+b',
  '{*,*a}+b',
  '[^b]+[^b]+[^b]+[^b]+[^b]+[^b]+b',
  '[a]""+[a]""+[a]""+[a]""+[a]""+[a]""+[a]""+b',
  '@(a|aa)+@(a|aa)+b',
  '*{a,aa}*{a,aa}*{a,aa}b',
  // Each of these passes all limits but one.
  '*a*a*a*ab',
  `${'(a|aa)'.repeat(20)}b`,
  `${'{a,a/a}/'.repeat(16)}b`,
  '+(a|aa)+(a|aa)+(a|aa)b',
  // What it repeats can be read in many ways.
  '+(ab|a|b)c',
  '*(a|b|ab)c',
  '+(|a)b',
];

it('takes what people write', () => {
  const usual = [
    'src/**/*.ts',
    '**/node_modules/**',
    '**/*.+(spec|test).ts',
    '**/!(*.d).ts',
    '{apps,libs}/*/src/**',
    '{src,lib}/**/+page*.{ts,tsx}',
    'c++/**',
    'src/**/*.{spec,test}.{ts,tsx,mts}',
    '{page,+page}.ts',
    'café+bar/**',
    'src/foo +bar/**',
    '*+page.ts',
    '*{Controller,Service}*.{spec,test}.{ts,tsx}',
    '**/*.{a,b}.{c,d}.{e,f}.{g,h}',
  ];
  expect(usual.filter(isCostly)).toEqual([]);
  const matches = matcher(['**/*.+(spec|test).ts', '{apps,libs}/*/src/**']);
  expect(['a/b.spec.ts', 'apps/shop/src/x/y.ts', 'src/y.ts'].map(matches)).toEqual([true, true, false]);
});

describe.each(hostile)('the glob %s', (glob) => {
  it('is told of where it stands, and matches nothing', () => {
    const text = JSON.stringify({ exclude: [glob], overrides: [{ files: [glob], rules: {} }] });
    const { config, problems } = readConfig(text, '/shop/sagalint.config.json');
    expect(problems.map((it) => text.slice(it.at.start, it.at.end))).toContain(JSON.stringify(glob));
    expect(config.exclude).toEqual([]);
    expect(matcher([glob])('a'.repeat(120))).toBe(false);
  });
});

describe.each(['src/[abc/**', 'src/{a,b/**'])('the glob %s that is not closed', (glob) => {
  it('is told of where it stands', () => {
    const text = JSON.stringify({ include: ['src/[a-z]*/{a,b}/**', glob] });
    const { problems } = readConfig(text, '/shop/sagalint.config.json');
    expect(problems.map((it) => text.slice(it.at.start, it.at.end))).toEqual([JSON.stringify(glob)]);
  });
});

it('matches no path that is longer than any that people have', () => {
  expect(matcher(['**'])('a'.repeat(500))).toBe(true);
  expect(matcher(['**'])('a'.repeat(501))).toBe(false);
});

it('answers any glob on any path in time', () => {
  const glob = stringMatching(
    /^([ab/.+"]|\*|\*\*|\?|\{a,aa\}|\{\*,a\}|\[a\]|\[^b\]|[@!*+?]\(a\|b\)|[*+]\(a\|ab\|b\)){0,24}$/,
  );
  const any = oneof(glob, string());
  const path = stringMatching(/^([ab]|a\/){0,400}$/);
  let slowest = 0;
  assert(
    property(any, path, string(), (wanted, name, other) => {
      const started = process.cpuUsage().user;
      matcher([wanted])(`${name}${other}`);
      slowest = Math.max(slowest, process.cpuUsage().user - started);
    }),
    { numRuns: 2000 },
  );
  // In microseconds. Without the guard one of these takes longer than the test may.
  expect(slowest).toBeLessThan(2_000_000);
});
