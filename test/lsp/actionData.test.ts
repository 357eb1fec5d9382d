// What an action carried to the client comes back as anything: it is believed only as far as it can be checked.
import { expect, it } from 'vitest';
import { dataOf } from '../../server/src/lsp/actionData.ts';

const fix = { kind: 'fix', uri: 'file:///a.ts', ruleId: 'x', start: 1, message: 'm', title: 't' };
const disable = { ...fix, kind: 'disable', scope: 'line' };
const fixAll = { kind: 'fix-all', uri: 'file:///a.ts' };

it.each([fix, disable, fixAll, { ...fixAll, ruleId: 'x' }])('takes %j', (data) => {
  expect(dataOf({ title: 't', data })).toEqual(data);
});

it.each([
  undefined,
  null,
  7,
  'fix',
  [],
  {},
  { ...fix, kind: 'run' },
  { ...fix, uri: 7 },
  { ...fix, start: '1' },
  { ...fix, title: undefined },
  { ...fix, message: {} },
  { ...disable, scope: 'workspace' },
  { ...fixAll, ruleId: 7 },
])('takes nothing of %j', (data) => {
  expect(dataOf({ title: 't', data })).toBeUndefined();
});
