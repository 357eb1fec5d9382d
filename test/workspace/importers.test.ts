// Files without any trigger word that import a client which another file makes.
import { describe, expect, it } from 'vitest';
import type { ProjectFacts } from '../../server/src/facts/project.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { saidBy } from './said.ts';

const infra = `import { ServiceBusClient } from '@azure/service-bus';
export const mails = new ServiceBusClient('…').createSender('mails');
export class Infra { readonly shipments = new ServiceBusClient('…').createReceiver('shipments'); }
export default mails;
`;
const packages: readonly ProjectFacts[] = [
  {
    dir: '/shop/libs/infra',
    package: {
      name: '@shop/infra',
      isPrivate: true,
      entries: { '.': 'src/index.ts' },
      dependencies: [],
      workspaces: [],
    },
  },
  { dir: '/shop', paths: { '@own': ['libs/infra/src/index.ts'] } },
];

const ways: Readonly<Record<string, string>> = {
  'by its name': "import { mails } from '../libs/infra/src/clients';",
  'by its name, with the ending': "import { mails } from '../libs/infra/src/clients.js';",
  'as the default': "import mails from '../libs/infra/src/clients';",
  'from a barrel': "import { mails } from '../libs/infra/src';",
  'from a package': "import { mails } from '@shop/infra';",
  'by a mapped path': "import { mails } from '@own';",
  'after comments':
    "#!/usr/bin/env node\n'use strict';\n/* Sends. */\n// Mails.\nimport { mails } from '@own';",
  'after what more it imports':
    "import a, {\n  b,\n} from 'a'\nexport * from 'b';\nimport { mails } from '@own';",
};

describe('a file without a word of the library', () => {
  it.each(Object.entries(ways))('is read when it imports a client %s', (_, head) => {
    const workspace = filled({
      'app/send.ts': `${head}\nexport const tell = (id: string) => mails.sendMessages({ subject: 'mail.sent', body: { id } });\n`,
    });
    expect(publishedBy(workspace)).toEqual(['mail.sent']);
  });

  it('is read when it is given one by its constructor', () => {
    const workspace = filled({
      'app/ship.ts': `import type { Infra } from '@shop/infra';
export class Shipping {
  constructor(private readonly infra: Infra) {}
  start(book: (id: string) => Promise<void>) {
    this.infra.shipments.subscribe({ processMessage: async ({ body }) => { await book(body.id); }, processError: async () => undefined });
  }
}
`,
    });
    expect(workspace.snapshot().model.consumers).toHaveLength(1);
  });

  it.each([
    ['something else from there', "import { other } from '@shop/infra';\nexport const mails = other;\n"],
    [
      'a client as a part of a page',
      "import { useState } from 'react';\nimport { mails } from '@shop/infra';\nexport const use = () => useState(mails);\n",
    ],
    [
      'what is called alike from elsewhere',
      "import { mails } from './clients';\nexport const tell = () => mails.sendMessages({ subject: 'x', body: 1 });\n",
    ],
  ])('is not read when it imports %s', (_, text) => {
    expect(filled({ 'app/send.ts': text }).snapshot().model.files.has('/shop/app/send.ts')).toBe(false);
  });
});

describe('after an edit', () => {
  const sending =
    "import { mails } from '@shop/infra';\nexport const tell = (id: string) => mails.sendMessages({ subject: 'mail.sent', body: { id } });\n";

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['of a file that imports a client now', { 'app/send.ts': sending }, ['mail.sent']],
    [
      'of the file that makes it',
      { 'app/send.ts': sending, 'libs/infra/src/clients.ts': infra.replaceAll('mails', 'letters') },
      [],
    ],
    [
      'of a barrel',
      { 'app/send.ts': sending, 'libs/infra/src/index.ts': "export { Infra } from './clients';\n" },
      [],
    ],
  ])('%s everything is as after a fresh start', (_, changed, published) => {
    const start = { 'app/send.ts': 'export const tell = 1;\n' };
    const workspace = filled(start);
    workspace.isEdited = true;
    for (const [file, text] of Object.entries(changed)) {
      workspace.snapshot();
      workspace.setText(`/shop/${file}`, text);
    }
    expect(publishedBy(workspace)).toEqual(published);
    expect(saidBy(workspace.snapshot())).toEqual(saidBy(filled({ ...start, ...changed }).snapshot()));
    for (const [file, text] of Object.entries({ ...shop, ...start }))
      workspace.setText(`/shop/${file}`, text);
    expect(saidBy(workspace.snapshot())).toEqual(saidBy(filled(start).snapshot()));
  });

  it('within such a file nothing else is read', () => {
    const workspace = filled({ 'app/send.ts': sending });
    workspace.isEdited = true;
    workspace.snapshot();
    const before = workspace.counters.extractions;
    workspace.setText('/shop/app/send.ts', sending.replace('mail.sent', 'mail.told'));
    expect(publishedBy(workspace)).toEqual(['mail.told']);
    expect(workspace.counters.extractions).toBe(before + 1);
  });
});

const shop = {
  'libs/infra/src/clients.ts': infra,
  'libs/infra/src/all.ts':
    "import { mails } from './clients';\nexport { mails };\nexport { Infra } from './clients';\n",
  'libs/infra/src/index.ts': "export * from './all';\n",
};

function filled(texts: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace(rules, configsOf([], { preset: 'strict' }));
  workspace.setProjects(packages);
  for (const [file, text] of Object.entries({ ...shop, ...texts })) workspace.setText(`/shop/${file}`, text);
  workspace.setComplete(true);
  return workspace;
}

function publishedBy(workspace: Workspace): readonly (string | undefined)[] {
  return workspace.snapshot().model.producers.map((it) => it.event?.name);
}
