// `npm run mutate`: puts one fault at a time into resilient systems and counts how many the right rule reports at the right place.
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import type { Finding } from '../../server/src/rules/rule.ts';
import { lineColumn, lineStarts } from '../../server/src/text.ts';
import { type Files, memberAround, type Mutant, mutate, nodesOf, type Operator } from './mutant.ts';
import { consumerOperators } from './operators/consumers.ts';
import { eventOperators } from './operators/events.ts';
import { producerOperators } from './operators/producers.ts';
import { sagaOperators } from './operators/sagas.ts';
import { equivalent } from './survivors.ts';
import { endsIn, folders, openSystem, type System } from './systems.ts';

const operators: readonly Operator[] = [
  ...eventOperators,
  ...producerOperators,
  ...consumerOperators,
  ...sagaOperators,
];

type Outcome = 'killed' | 'survived' | 'equivalent';

interface Tried {
  readonly mutant: Mutant;
  readonly where: string;
  readonly outcome: Outcome;
  readonly said: readonly string[];
}

/** Tries all mutants of a system. */
function tryAll(system: System): readonly Tried[] {
  return operators.flatMap((operator) =>
    [...mutantsOf(system, operator)].map((mutant) => tryOne(system, mutant)),
  );
}

function* mutantsOf({ files, model }: System, { name, rule, find }: Operator): Iterable<Mutant> {
  const endsOf = (event: string): ReturnType<typeof endsIn> => endsIn(model, event);
  for (const [file, text] of files) {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const it of find({ file, text, tree, files, endsOf })) yield { ...it, operator: name, rule };
  }
}

function tryOne(system: System, mutant: Mutant): Tried {
  const after = mutate(system.files, mutant);
  const changed = new Map([...after].filter(([file, text]) => system.files.get(file) !== text));
  const findings = system.findingsWith(changed);
  const member = memberAt(mutant.file, system.files, mutant.at.start);
  const where = `${relative(process.cwd(), mutant.file)}:${lineOf(system.files, mutant)} ${member}`;
  const isKilled = findings.some((it) => isRight(it, mutant, member, after));
  const excuse = equivalent.find((it) => it.operator.test(mutant.operator) && it.where.test(where));
  const outcome = isKilled ? 'killed' : excuse ? 'equivalent' : 'survived';
  return { mutant, where, outcome, said: findings.map((it) => `${it.ruleId} ${it.symbol}`) };
}

function isRight(finding: Finding, { rule, place, file }: Mutant, member: string, after: Files): boolean {
  if (finding.ruleId !== rule) return false;
  if (place !== 'here') return place.symbols.test(finding.symbol);
  return [finding, ...finding.related].some(
    (it) => it.file === file && memberAt(file, after, it.at.start) === member,
  );
}

/** The name of the member or declaration at an offset: `OrderProgress.onFailure`. */
function memberAt(file: string, files: Files, offset: number): string {
  const tree = ts.createSourceFile(file, files.get(file) ?? '', ts.ScriptTarget.Latest, true);
  const inner = [...nodesOf(tree)].filter((it) => it.getStart() <= offset && offset < it.end).at(-1);
  return inner ? nameOf(memberAround(inner)) : '';
}

function nameOf(node: ts.Node): string {
  const named = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
  const own = named && ts.getNameOfDeclaration(asDeclaration(named))?.getText();
  const outer = ts.isClassElement(node) ? `${nameOf(node.parent)}.` : '';
  return `${outer}${own ?? ts.SyntaxKind[node.kind]}`;
}

function asDeclaration(node: ts.Node): ts.Declaration | undefined {
  const isDeclaration =
    ts.isClassElement(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return isDeclaration ? node : undefined;
}

function lineOf(files: Files, { file, at }: Mutant): number {
  return lineColumn(lineStarts(files.get(file) ?? ''), at.start).line + 1;
}

function main(): void {
  const { values } = parseArgs({ options: { verbose: { type: 'boolean' }, operator: { type: 'string' } } });
  let isClean = true;
  const tried = folders.flatMap((folder) => {
    const system = openSystem(folder);
    const before = system.findingsWith(new Map());
    for (const it of before) console.log(`on the original ${folder}: ${it.ruleId} ${it.message}`);
    isClean &&= before.length === 0;
    return tryAll(system);
  });
  const shown = tried.filter(
    (it) => values.operator === undefined || it.mutant.operator.includes(values.operator),
  );
  report(shown, values.verbose === true);
  process.exitCode = isClean ? 0 : 1;
}

function report(tried: readonly Tried[], isVerbose: boolean): void {
  for (const { name, rule } of operators) {
    const own = tried.filter((it) => it.mutant.operator === name);
    const killed = own.filter((it) => it.outcome === 'killed').length;
    const judged = own.filter((it) => it.outcome !== 'equivalent').length;
    console.log(`${String(killed).padStart(4)} of ${String(judged).padStart(3)}  ${rule.padEnd(32)} ${name}`);
  }
  for (const { mutant, where, outcome, said } of tried) {
    if (outcome === 'survived')
      console.log(
        `survived: ${mutant.operator}: ${where}${isVerbose ? `\n    said: ${said.join(', ')}` : ''}`,
      );
  }
  const excused = tried.filter((it) => it.outcome === 'equivalent');
  for (const { mutant, where } of excused) {
    const excuse = equivalent.find((it) => it.operator.test(mutant.operator) && it.where.test(where));
    console.log(`as sound as before: ${mutant.operator}: ${where}: ${excuse?.reason ?? ''}`);
  }
  const killed = tried.filter((it) => it.outcome === 'killed').length;
  const judged = tried.length - excused.length;
  const used = new Set(tried.map((it) => it.mutant.operator)).size;
  console.log(
    `${killed} of ${judged} mutants reported (${((100 * killed) / judged).toFixed(1)} %), ${used} operators, ${excused.length} as sound as before`,
  );
}

main();
