import { describe, expect, test } from 'vitest';
import { readProjects } from '../../server/src/config/projects.ts';
import { readConfig } from '../../server/src/config/read.ts';
import { toy } from './toy.ts';

const rules = [toy('lost-data', 'warning')];

function problemsIn(text: string): readonly string[] {
  const { problems } = readConfig(text, '/shop/sagalint.config.json', rules);
  return problems.map(({ at, message }) => `${text.slice(at.start, at.end)}: ${message}`);
}

test.each(['__proto__', 'constructor', 'prototype'])('the key %s reaches into nothing, anywhere', (key) => {
  const trap = `"${key}": { "isAdmin": true, "prototype": { "isAdmin": true }, "lost-data": "off", "files": ["**"] }`;
  const text = `{ ${trap}, "rules": { ${trap}, "lost-data": ["error", { ${trap} }] }, "services": { ${trap} },
    "overrides": [{ ${trap}, "files": ["a"], "rules": { ${trap} } }], "frameworks": [{ "name": "a", ${trap} }], "scale": { ${trap} } }`;
  const { config, problems } = readConfig(text, '/shop/sagalint.config.json', rules);
  const projects = readProjects(
    ['/shop/package.json', '/shop/tsconfig.json', '/shop/project.json'],
    () => text,
  );
  expect(problems.length).toBeGreaterThan(3);
  expect(projects.length).toBe(1);
  expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  expect(Reflect.get(Object, 'isAdmin')).toBeUndefined();
  expect(Object.keys(config.rules)).toEqual(['lost-data']);
  for (const it of [config, config.rules, config.services, config.scale, ...config.frameworks])
    expect(Reflect.get(it, 'isAdmin')).toBeUndefined();
});

describe('what is wrong is told where it stands, and the rest holds', () => {
  test('an unknown rule, in rules and in overrides', () => {
    expect(problemsIn('{ "rules": { "lost-dat": "off" } }')).toEqual([
      '"lost-dat": There is no rule `lost-dat`.',
    ]);
    expect(problemsIn('{ "overrides": [{ "files": ["a"], "rules": { "lost-dat": "off" } }] }')).toEqual([
      '"lost-dat": There is no rule `lost-dat`.',
    ]);
  });

  test('options of a wrong type, in rules and in overrides', () => {
    const said = (name: string): string =>
      `"ten": \`${name}.lost-data.longer\`: expected number, received string.`;
    expect(problemsIn('{ "rules": { "lost-data": ["error", { "longer": "ten" }] } }')).toEqual([
      said('rules'),
    ]);
    const override = '{ "files": ["a"], "rules": { "lost-data": ["error", { "longer": "ten" }] } }';
    expect(problemsIn(`{ "overrides": [${override}] }`)).toEqual([said('overrides.0.rules')]);
  });

  test('a severity that there is not', () => {
    const text = '{ "preset": "strict", "rules": { "lost-data": "fatal" } }';
    const { config, problems } = readConfig(text, '/shop/sagalint.config.json', rules);
    expect(problems).toHaveLength(1);
    expect(config).toMatchObject({ preset: 'strict', rules: {} });
  });

  test('a scale and external events are read', () => {
    const text = '{ "scale": { "messagesPerDay": 2000, "developers": 3 }, "external": ["billing.*"] }';
    const { config, problems } = readConfig(text, '/shop/sagalint.config.json', rules);
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ scale: { messagesPerDay: 2000, developers: 3 }, external: ['billing.*'] });
  });
});
