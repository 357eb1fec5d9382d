import { describe, expect, test } from 'vitest';
import type { Config } from '../../server/src/config/settings.ts';
import { findingsOf, told, toy } from './toy.ts';

const rules = [toy('broken-data', 'error'), toy('lost-data', 'warning'), toy('advice', 'info')];
const files = { 'a.ts': 'export interface Order { id: string }\n' };

describe('a preset', () => {
  test('recommended takes errors and warnings', () => {
    expect(told(findingsOf({ files, rules }))).toEqual([
      'error broken-data Order in a.ts',
      'warning lost-data Order in a.ts',
    ]);
  });

  test('strict takes advice too', () => {
    const found = findingsOf({ files, rules, config: { preset: 'strict' } });
    expect(found.map((it) => it.ruleId)).toEqual(['advice', 'broken-data', 'lost-data']);
  });

  test('off takes only what is named', () => {
    expect(findingsOf({ files, rules, config: { preset: 'off' } })).toEqual([]);
    const config: Partial<Config> = { preset: 'off', rules: { advice: 'warning' } };
    expect(told(findingsOf({ files, rules, config }))).toEqual(['warning advice Order in a.ts']);
  });

  test('of the run wins over the one of the configuration', () => {
    expect(findingsOf({ files, rules, config: { preset: 'strict' }, run: { preset: 'off' } })).toEqual([]);
  });
});

describe('a rule', () => {
  test('takes the severity that it is given', () => {
    const config = { rules: { 'broken-data': 'info', 'lost-data': 'off', advice: 'error' } } as const;
    expect(told(findingsOf({ files, rules, config }))).toEqual([
      'error advice Order in a.ts',
      'info broken-data Order in a.ts',
    ]);
  });

  test('takes options with its severity', () => {
    const config: Partial<Config> = {
      rules: { 'lost-data': ['error', { longer: 10 }], 'broken-data': 'off' },
    };
    expect(findingsOf({ files, rules, config })).toEqual([]);
  });
});

describe('an override by glob', () => {
  const both = { 'src/a.ts': files['a.ts'], 'legacy/b.ts': 'export interface Customer { id: string }\n' };

  test('sets severities for the files that match', () => {
    const config: Partial<Config> = {
      overrides: [{ files: ['legacy/**'], rules: { 'lost-data': 'off', 'broken-data': 'info' } }],
    };
    expect(told(findingsOf({ files: both, rules, config }))).toEqual([
      'info broken-data Customer in legacy/b.ts',
      'error broken-data Order in src/a.ts',
      'warning lost-data Order in src/a.ts',
    ]);
  });

  test('sets options for the files that match, and the others keep theirs', () => {
    const config: Partial<Config> = {
      preset: 'off',
      rules: { advice: ['info', { longer: 5 }] },
      overrides: [{ files: ['legacy/**'], rules: { advice: ['warning', { longer: 3 }] } }],
    };
    const short = { 'src/a.ts': files['a.ts'], 'legacy/b.ts': 'export interface Cart {}\n' };
    expect(told(findingsOf({ files: short, rules, config }))).toEqual(['warning advice Cart in legacy/b.ts']);
  });

  test('with a severity alone keeps the options', () => {
    const config: Partial<Config> = {
      preset: 'off',
      rules: { advice: ['info', { longer: 6 }] },
      overrides: [{ files: ['**'], rules: { advice: 'error' } }],
    };
    expect(told(findingsOf({ files: both, rules, config }))).toEqual([
      'error advice Customer in legacy/b.ts',
    ]);
  });

  test('that comes last wins', () => {
    const config: Partial<Config> = {
      preset: 'off',
      overrides: [
        { files: ['legacy/**'], rules: { advice: 'error' } },
        { files: ['**/b.ts'], rules: { advice: 'info' } },
      ],
    };
    expect(told(findingsOf({ files: both, rules, config }))).toEqual(['info advice Customer in legacy/b.ts']);
  });
});
