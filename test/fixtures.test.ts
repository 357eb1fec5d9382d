// Runs every fixture page. A page of a rule checks that rule alone, a page of silence all rules; pages of frameworks, model and views
// check what is understood.
// `npm run fixtures -- -t WORDS` selects pages and scenarios, `-- -u` rewrites what they expect.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Rule } from '../server/src/rules/rule.ts';
import { rules } from '../server/src/rules/rules.generated.ts';
import { checkTypesOnce } from './fixture/knownTypes.ts';
import { lint } from './fixture/lint.ts';
import { parsePage } from './fixture/parse.ts';
import { rewrite, runScenario } from './fixture/run.ts';
import type { Files, Outcome } from './fixture/run.ts';

const root = join(import.meta.dirname, '..');
const folders = [
  'docs/rules',
  'test/rules',
  'test/sagas',
  'test/frameworks',
  'test/model',
  'test/silence',
  'test/views',
];
const isUpdate = process.env['UPDATE'] === '1';

for (const path of folders.flatMap(pagesIn)) describe(path, () => testPage(path));

test('each rule has a page that flags something and a page that accepts something', () => {
  for (const { id } of rules) {
    const page = parsePage(id, readFileSync(join(root, `docs/rules/${id}.md`), 'utf8'));
    const scenarios = page.scenarios.filter((it) => it.files.length > 0);
    const isFlagged = scenarios.map((it) => it.files.some((file) => file.markers.length > 0));
    expect(new Set(isFlagged), `docs/rules/${id}.md`).toEqual(new Set([true, false]));
  }
});

test('the table of libraries leads to each page of a library', () => {
  const table = readFileSync(join(root, 'docs/frameworks.md'), 'utf8');
  const missing = pagesIn('test/frameworks').filter((it) => !table.includes(`(../${it})`));
  expect(missing).toEqual([]);
});

function testPage(path: string): void {
  const page = parsePage(path, readFileSync(join(root, path), 'utf8'));
  const tools = { lint: (files: Files) => lint(files, rulesOf(path)), checkTypes: checkTypesOnce };
  const outcomes: Outcome[] = [];
  test('is a well-formed page of rules that exist', () => {
    expect(inPage(path, page.problems)).toEqual('');
    if (isOfRule(path)) expect(rulesOf(path)).not.toEqual([]);
  });
  for (const scenario of page.scenarios.filter((it) => it.files.length > 0)) {
    test(scenario.heading, () => {
      const outcome = runScenario(scenario, tools);
      outcomes.push(outcome);
      if (isUpdate) return;
      if (outcome.problems.length > 0) expect.fail(inPage(path, outcome.problems));
    });
  }
  afterAll(() => {
    const text = rewrite(page, outcomes);
    if (isUpdate && text !== page.lines.join('\n')) writeFileSync(join(root, path), text);
  });
}

function rulesOf(path: string): readonly Rule[] {
  if (path.startsWith('test/silence/')) return rules;
  return isOfRule(path) ? rules.filter((it) => it.id === basename(path, '.md')) : [];
}

function isOfRule(path: string): boolean {
  return ['docs/rules/', 'test/rules/', 'test/sagas/'].some((it) => path.startsWith(it));
}

function pagesIn(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder)).filter((it) => it.endsWith('.md'));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** Each problem with the page and line that an editor can open. */
function inPage(path: string, problems: readonly string[]): string {
  return problems.map((it) => `${path}:${it}`).join('\n');
}
