// Names, messages and code of a stranger's repository come to a terminal, which obeys some signs instead of showing them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it as always } from 'vitest';
import { sealed } from '../../server/src/cli/runCache.ts';
import { folderWith, sagalint } from '../cli/command.ts';

const escape = '\u001B';
/** On Windows no name has such signs. */
const it = always.skipIf(process.platform === 'win32');

/** Nothing but signs that are shown, and new lines. */
function expectShown(...texts: readonly string[]): void {
  for (const it of texts) expect(it).not.toMatch(/[^\P{C}\n]/u);
}

it('sends nothing to the terminal that it would obey', () => {
  const publish = (topic: string): string => `import { Kafka } from 'kafkajs';
const producer = new Kafka({ brokers: [] }).producer();
export async function place() { producer.send({ topic: '${topic}', messages: [] }); /* ${escape}[2J \u202E */ }
`;
  const folder = folderWith({
    [`src/${escape}[31m.ts`]: publish('order.placed\\u001B]0;other title\\u0007'),
  });
  const { out } = sagalint(['check', folder, '--no-cache']);
  expect(out).toContain('unawaited-publish');
  expect(out).toContain('order.placed\\u001b]0;other title\\u0007');
  expect(out).toContain('src/\\u001b[31m.ts');
  writeFileSync(
    join(folder, 'sagalint.config.json'),
    `{ "rules": { "${escape}[2J": "off", "\\u001b[2J": "off" } }`,
  );
  const { err } = sagalint(['check', folder, '--no-cache']);
  expect(err).toContain('There is no rule');
  expectShown(out, err);
});

// What it obeys in one encoding or another, what turns the direction of a text, and what begins another line.
const obeyed = ['\u001B[2J', '\u009B2J', '\u0007', '\u007F', '\r', '\u202E', '\u2066'];
const spelled = obeyed.map((it) => JSON.stringify(it).slice(1, -1)).join('');

/** An event whose topic has all of them, in a file whose name has most. */
const odd = {
  [`src/${obeyed.join('')}.ts`]: `import { Kafka } from 'kafkajs';
const producer = new Kafka({ brokers: [] }).producer();
export async function place() { producer.send({ topic: 'order.${spelled}', messages: [] }); }
`,
};

it.each(['text', 'json'])('spells out what a report of %s has of them', (format) => {
  const { out } = sagalint(['check', folderWith(odd), '--format', format, '--no-cache']);
  expect(out).toContain('unawaited-publish');
  for (const it of ['1b', '9b', '7f', '202e', '2066']) expect(out).toContain(`\\u${it.padStart(4, '0')}`);
  expectShown(out);
  if (format === 'json') expect(JSON.parse(out).findings[0].file).toBe(Object.keys(odd)[0]);
});

it('spells them out in facts', () => {
  const folder = folderWith(odd);
  const { out, status } = sagalint(['facts', join(folder, Object.keys(odd)[0] ?? '')]);
  expect(status).toBe(0);
  expect(out).toContain('publish');
  expectShown(out);
});

it('spells them out where it says that there is nothing to lint', () => {
  const folder = join(folderWith({}), obeyed.join(''));
  mkdirSync(folder);
  const { err } = sagalint(['check', folder, '--no-cache']);
  expect(err).toContain('there is no TypeScript file');
  expectShown(err);
});

it('spells them out in what somebody else wrote into the cache', () => {
  const folder = folderWith({ 'src/placed.ts': 'export interface OrderPlacedEvent { orderId: string }\n' });
  const kept = folderWith({});
  const check = (): string => sagalint(['check', folder, '--cache-location', kept]).out;
  check();
  const file = join(kept, readdirSync(kept).find((it) => it.endsWith('.answer.json')) ?? '');
  const [key = '', , answer = ''] = readFileSync(file, 'utf8').split('\n');
  const { findings, seen, ...rest } = JSON.parse(answer);
  const [finding] = findings;
  const bad = (name: string): string => `${name} ${obeyed.join('')}`;
  const forged = {
    ...rest,
    findings: [
      {
        ...finding,
        ruleId: bad('rule'),
        message: bad('message'),
        help: bad('help'),
        fixes: [{ title: bad('title') }],
        related: [{ file: finding.file, at: finding.at, message: bad('related') }],
      },
    ],
    seen: { ...seen, skipped: [{ file: bad('file'), reason: bad('reason') }] },
  };
  writeFileSync(file, `${key}\n${sealed(JSON.stringify(forged))}`);
  const out = check();
  for (const it of ['rule', 'message', 'help', 'title', 'related', 'file', 'reason'])
    expect(out).toContain(`${it} \\u001b[2J`);
  expectShown(out);
});

it('gives no name and no message a line of its own', () => {
  const forged = 'placed.ts:1:1  error  forged';
  const folder = folderWith({
    [`src/a\n${forged}.ts`]: `import { Kafka } from 'kafkajs';
const producer = new Kafka({ brokers: [] }).producer();
export async function place() { producer.send({ topic: 'order.placed\\n${forged}', messages: [] }); }
`,
  });
  const { out } = sagalint(['check', folder, '--no-cache']);
  expect(out).toContain('unawaited-publish');
  expect(out).not.toMatch(/^placed\.ts/m);
});

it('spells them out in what the command line itself says', () => {
  const { err, status } = sagalint(['check', `--${obeyed.join('')}`]);
  expect(status).toBe(2);
  expect(err).toContain('unknown option');
  expectShown(err);
});
