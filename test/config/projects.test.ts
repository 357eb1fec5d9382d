// Which files a tsconfig.json makes readable. It may be a stranger's, and name any.
import { expect, it } from 'vitest';
import { readProjects } from '../../server/src/config/projects.ts';

/** What is asked for when a tsconfig.json extends this. */
function readFor(extended: unknown, dir = '/home/me/shop'): readonly string[] {
  const text = JSON.stringify({ extends: extended });
  const asked: string[] = [];
  readProjects([`${dir}/tsconfig.json`], (file) => {
    asked.push(file);
    return file === `${dir}/tsconfig.json` ? text : undefined;
  });
  return asked.slice(1);
}

it('follows what it extends by a relative path, to other JSON', () => {
  expect(readFor(['../tsconfig.base.json', './configs/strict'])).toEqual([
    '/home/me/tsconfig.base.json',
    '/home/me/shop/configs/strict.json',
  ]);
});

it.each([
  ['/etc/passwd'],
  ['/etc/app.json'],
  ['C:\\app.json'],
  ['trap'],
  ['@trap/tsconfig'],
  ['file:///etc/app.json'],
  [{}],
])('asks for nothing where it extends %j', (extended) => {
  expect(readFor(extended)).toEqual([]);
});

it('never asks for what is no JSON, nor for a path that begins nowhere', () => {
  expect(readFor(['../../../etc/passwd', './trap.js', '../../../../../../etc/app.json'])).toEqual([
    '/etc/passwd.json',
    '/home/me/shop/trap.js.json',
    '/etc/app.json',
  ]);
});
