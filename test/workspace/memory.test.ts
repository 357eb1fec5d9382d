// What an edit leaves behind: answers are kept from model to model, but no model, nor where it kept its answers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { parsePage, type Scenario } from '../fixture/parse.ts';
import { hoversOf } from './said.ts';

const root = join(import.meta.dirname, '../..');
const folders = ['docs/rules', 'test/rules', 'test/sagas', 'test/frameworks', 'test/model'];
const scenarios = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => parsePage(name, readFileSync(join(root, folder, name), 'utf8')).scenarios),
);

it('lets go of the model before the last, whatever its files say', { timeout: 240_000 }, async () => {
  const edited = scenarios.map(openAndEdit);
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let kept = edited;
  // V8 holds what its compiler looks at, and what a reference was made of until the work ends in which that was done.
  for (let time = 0; time < 20 && kept.length > 0; time += 1) {
    await pause(50);
    collect();
    kept = edited.filter(({ first, keeper }) => first.deref() ?? keeper.deref());
  }
  expect(kept.map((it) => it.heading)).toEqual([]);
  expect(edited.map((it) => it.workspace.counters.links)).toEqual(edited.map(() => 3));
});

interface Edited {
  readonly heading: string;
  readonly workspace: Workspace;
  readonly first: WeakRef<object>;
  readonly keeper: WeakRef<object>;
}

/** Two edits of a file that has nothing to do with the others, so that what was worked out for them is kept. */
function openAndEdit({ heading, files }: Scenario): Edited {
  const workspace = new Workspace(rules, configsOf([], { preset: 'strict' }));
  workspace.isEdited = true;
  workspace.setComplete(true);
  for (const { path, text } of files) if (/\.tsx?$/.test(path)) workspace.setText(`/shop/${path}`, text);
  const look = (field: string) => {
    workspace.setText('/shop/audit.ts', `export interface AuditedEvent { ${field}: string }`);
    const snapshot = workspace.snapshot();
    hoversOf(snapshot);
    return snapshot.model;
  };
  const model = look('orderId');
  const first = new WeakRef(model);
  const keeper = new WeakRef(model.keeper);
  look('amount');
  look('currency');
  return { heading, workspace, first, keeper };
}
