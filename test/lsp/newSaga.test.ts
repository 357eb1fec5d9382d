// `sagalint/newSaga`: the files that an editor shows, and writes when that is accepted.
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newSagaIn } from '../../server/src/lsp/newSaga.ts';
import type { NewSagaResult } from '../../server/src/lsp/protocol.ts';
import { folderOf, uriOf } from './client.ts';

const wishes = { name: 'Order', steps: 'hold-seat:free-seat,send-ticket', store: 'sqlite', broker: 'none' };
const asked = (folder: string, name = wishes.name): NewSagaResult =>
  newSagaIn({ ...wishes, folder: uriOf(folder), name });

it('gives names in the folder, whatever the saga is called, and writes none of them', () => {
  const folder = folderOf({});
  for (const name of ['Order', '../../Order', '/etc/Order', 'a\\b', '..', '__proto__'])
    for (const it of asked(folder, name).files) expect(it.name).toMatch(/^[a-z][\w-]*(\.test)?\.ts$/);
  expect(asked(folder, '../../Order').files.length).toBeGreaterThan(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('offers nothing over what is there', () => {
  const folder = folderOf({ 'order-saga.ts': 'mine' });
  expect(asked(folder)).toEqual({ files: [], problem: '`order-saga.ts` is there already.' });
});

// On Windows to make a link takes the rights of an administrator.
it.skipIf(process.platform === 'win32')('offers nothing over a link that leads nowhere yet', () => {
  const folder = folderOf({});
  symlinkSync(join(folderOf({}), 'elsewhere.ts'), join(folder, 'order-saga-store.ts'));
  expect(asked(folder)).toEqual({ files: [], problem: '`order-saga-store.ts` is there already.' });
});

it('offers nothing outside of the disk', () => {
  for (const folder of ['untitled:1', 'https://shop.example/', 'git:/shop', 'file:///%zz'])
    expect(newSagaIn({ ...wishes, folder }).files).toEqual([]);
});
