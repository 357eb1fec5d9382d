// `npm run bench`: measures, prints, never fails on a figure. It fetches nothing.
//   BENCH_ROOT=DIR      a real checkout instead of generated workspaces
//   BENCH_SIZES=500,…   sizes of generated workspaces
//   BENCH_ROUNDS=5      rounds of each program; 0 leaves the programs out
//   BENCH_EDITS=500     edits in the server, and as many again for its memory; 0 leaves the server out
//   BENCH_CHART=FILE    where the chart is written to; by default nowhere
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { chartOf } from './chart.ts';
import { measureCommands, type Measured } from './commands.ts';
import { generated } from './generate.ts';
import { median, quantile, tableOf } from './numbers.ts';
import { run } from './processes.ts';
import { hasPeers } from './programs.ts';
import { editKinds } from './edits.ts';
import { measureServer, type Session } from './server.ts';

const { BENCH_ROOT, BENCH_SIZES, BENCH_ROUNDS, BENCH_EDITS, BENCH_CHART } = process.env;
const sizes = (BENCH_SIZES ?? '500,2000,8000,30000').split(',').map(Number);
const rounds = Number(BENCH_ROUNDS ?? 5);
const edits = Number(BENCH_EDITS ?? 500);

await main();

async function main(): Promise<void> {
  const roots = BENCH_ROOT === undefined ? generatedRoots() : [resolve(BENCH_ROOT)];
  if (rounds > 0) await measurePrograms(roots);
  const last = roots.at(-2) ?? roots.at(-1);
  if (edits > 0 && last !== undefined) tellServer(last, await measureServer(last, edits));
}

async function measurePrograms(roots: readonly string[]): Promise<void> {
  if (!hasPeers()) console.log('The peers are not installed: `npm install` in test/bench gets them.');
  await startUp();
  const grown: { readonly files: number; readonly measured: readonly Measured[] }[] = [];
  for (const root of roots) {
    const files = countOf(root);
    console.log(`\n${root}: ${files} files`);
    const measured = await measureCommands(root, { files, hasProject: isProject(root), rounds });
    console.log(commandTable(measured));
    grown.push({ files, measured });
  }
  if (grown.length > 1) tellGrowth(grown);
}

function generatedRoots(): readonly string[] {
  const parent = join(tmpdir(), 'sagalint-bench');
  mkdirSync(parent, { recursive: true });
  return sizes.map((it) => generated(parent, it));
}

function countOf(root: string): number {
  const ignore = ['**/node_modules/**', '**/dist/**'];
  return globSync(['**/*.{ts,tsx,mts,cts}'], { cwd: root, ignore, followSymbolicLinks: false }).length;
}

function isProject(root: string): boolean {
  return existsSync(join(root, 'tsconfig.json'));
}

/** How much `sagalint --version` takes over a Node that does nothing. */
async function startUp(): Promise<void> {
  const bin = resolve(import.meta.dirname, '../../bin/sagalint.cjs');
  const over: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const bare = await run({ program: process.execPath, args: ['-e', '0'], cwd: '.' });
    const version = await run({ program: process.execPath, args: [bin, '--version'], cwd: '.' });
    over.push(version.milliseconds - bare.milliseconds);
  }
  console.log(
    `sagalint --version takes ${median(over).toFixed(0)} ms over bare Node (median of ${over.length})`,
  );
}

function commandTable(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, milliseconds, ratio, peak, rounds: count }) => [
    name,
    `${milliseconds.toFixed(0)} ms`,
    ratio === undefined ? '' : `${ratio.toFixed(2)}`,
    `${peak.toFixed(0)} MB`,
    String(count),
  ]);
  return tableOf([['', 'median', 'of oxlint', 'peak', 'rounds'], ...rows]);
}

function tellGrowth(grown: readonly { files: number; measured: readonly Measured[] }[]): void {
  const names = [...new Set(grown.flatMap((it) => it.measured.map(({ name }) => name)))];
  const lines = names.map((name) => ({
    name,
    points: grown.flatMap(({ files, measured }) => {
      const found = measured.find((it) => it.name === name);
      return found ? [[files, found.milliseconds] as const] : [];
    }),
  }));
  const [first, last] = [grown[0]?.files ?? 1, grown.at(-1)?.files ?? 1];
  console.log(`\nGrowth from ${first} to ${last} files (${(last / first).toFixed(0)} times as many)`);
  for (const { name, points } of lines) {
    const [from, to] = [points[0], points.at(-1)];
    if (from && to && to[0] === last) console.log(`${name}: ${(to[1] / from[1]).toFixed(1)} times as long`);
  }
  if (BENCH_CHART !== undefined) writeFileSync(BENCH_CHART, chartOf(lines));
}

function tellServer(root: string, session: Session): void {
  const { firstDiagnostics, indexed, worked, waited, hover, hoverAgain, codeAction, resident } = session;
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    ...[0.5, 0.95, 0.99].map((it) => `${quantile(values, it).toFixed(1)} ms`),
    String(values.length),
  ];
  console.log(`\nServer in ${root}`);
  console.log(`first diagnostics of the open file ${firstDiagnostics.toFixed(0)} ms after the start`);
  console.log(`whole workspace linted ${indexed.toFixed(0)} ms after the start`);
  const all = editKinds.flatMap((it) => worked[it]);
  console.log(
    tableOf([
      ['', '50th', '95th', '99th', 'times'],
      row('change to diagnostics, besides the quiet time', all),
      ...editKinds.map((it) => row(`  edits of kind ${it}`, worked[it])),
      row('the same as the editor sees it', waited),
      row('hover over a name, right after an edit', hover),
      row('the same once more', hoverAgain),
      row('code actions', codeAction),
    ]),
  );
  const [after, once, twice] = resident.map((it) => it.toFixed(0));
  console.log(
    `resident: ${after} MB after indexing, ${once} MB after ${edits} edits, ${twice} MB after ${2 * edits}`,
  );
}
