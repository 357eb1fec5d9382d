// Edits over the code of the fixtures: whatever is changed, moved, taken away or put back between two looks, the next one gives the
// findings and the model of a fresh start. What was worked out for the look before may only spare work.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, constantFrom, nat, property, record, type Arbitrary, type IProperty } from 'fast-check';
import { expect } from 'vitest';
import type { FileFacts } from '../../server/src/facts/facts.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { runRules } from '../../server/src/rules/run.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import type { FactsStore } from '../../server/src/workspace/factsCache.ts';
import type { Snapshot } from '../../server/src/workspace/snapshot.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { parsePage } from '../fixture/parse.ts';
import { mutated, mutation, type Mutation } from '../robust/mutations.ts';
import { hoversOf, saidBy } from './said.ts';

const root = join(import.meta.dirname, '../..');

/** The files of each scenario of the fixture pages. */
const folders = ['docs/rules', 'test/rules', 'test/sagas', 'test/frameworks', 'test/model'];
const scenarios = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .flatMap((name) => parsePage(name, readFileSync(join(root, folder, name), 'utf8')).scenarios)
    .map(({ files }) => files.filter(({ path }) => /\.tsx?$/.test(path)))
    .filter((files) => files.length > 0),
);

interface Step {
  readonly kind: 'shift' | 'grow' | 'rename' | 'damage' | 'replace' | 'move' | 'remove' | 'restore' | 'look';
  readonly file: number;
  readonly other: number;
  readonly damage: Mutation;
}

const step: Arbitrary<Step> = record({
  kind: constantFrom<Step['kind'][]>(
    ...([
      'shift',
      'grow',
      'rename',
      'damage',
      'replace',
      'move',
      'remove',
      'restore',
      'look',
      'look',
    ] as const),
  ),
  file: nat(),
  other: nat(),
  damage: mutation,
});

/** Every kind of finding that was seen at the end is added to `seen`. */
export function editsEndAsAfresh(seen = new Set<string>()): IProperty<[readonly number[], readonly Step[]]> {
  return property(
    array(nat(), { minLength: 2, maxLength: 5 }),
    array(step, { maxLength: 14 }),
    (chosen, steps) => {
      const texts = textsOf(chosen);
      const workspace = filled(texts);
      workspace.isEdited = true;
      const first = workspace.snapshot();
      for (const it of steps) take(workspace, texts, it);
      const snapshot = workspace.snapshot();
      expect(saidBy(snapshot)).toEqual(saidBy(filled(texts).snapshot()));
      expect(askedAnew(first)).toEqual(first.findings);
      for (const { ruleId } of snapshot.findings) seen.add(ruleId);
    },
  );
}

/** Scenarios side by side in one workspace, some of them in one service. */
function textsOf(chosen: readonly number[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [index, it] of chosen.entries()) {
    for (const { path, text } of scenarios[it % scenarios.length] ?? [])
      texts.set(`/shop/services/${index >> 1}/${index % 2 === 0 ? '' : 'more/'}${path}`, text);
  }
  return texts;
}

function take(workspace: Workspace, texts: Map<string, string>, { kind, file, other, damage }: Step): void {
  const names = [...texts.keys()];
  const name = names[file % names.length];
  if (kind === 'look' || name === undefined) return void hoversOf(workspace.snapshot());
  const text = texts.get(name) ?? '';
  const far = scenarios[other % scenarios.length]?.at(0)?.text ?? '';
  const put = (path: string, now: string): void => {
    texts.set(path, now);
    workspace.setText(path, now);
  };
  if (kind === 'shift') put(name, `// sold out\n${text}`);
  else if (kind === 'grow')
    put(name, text.replace(/(interface|class) [^{\n]*\{/, `$&\n  field${other}: string;`));
  else if (kind === 'rename') put(name, text.replaceAll('Placed', 'Shipped'));
  else if (kind === 'damage') put(name, mutated(text, [damage], far));
  else if (kind === 'replace') put(name, far);
  else if (kind === 'restore') put(`${name}.back.ts`, text);
  else {
    texts.delete(name);
    workspace.removeFile(name);
    if (kind === 'move') put(name.replace(/(\w+)\.ts$/, 'moved/$1.ts'), text);
  }
}

/** What rules say of a model that has handed on what it kept. */
function askedAnew({ model, textOf }: Snapshot): readonly Finding[] {
  return runRules(model, rules, { ...config, textOf }).findings;
}

/** Facts that were extracted before: of the same texts over and over. */
const known = new Map<string, FileFacts>();
const mostKnown = 20_000;
const store: FactsStore = {
  find: (file, text) => known.get(`${file}\0${text}`),
  keep: (file, text, facts) => {
    if (known.size >= mostKnown) known.clear();
    known.set(`${file}\0${text}`, facts);
  },
};

const config = configsOf([], { preset: 'strict' });

function filled(texts: ReadonlyMap<string, string>): Workspace {
  const workspace = new Workspace(rules, config, store);
  // In another order than that of the edits.
  for (const name of [...texts.keys()].sort()) workspace.setText(name, texts.get(name) ?? '');
  workspace.setComplete(true);
  return workspace;
}
