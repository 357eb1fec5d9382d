// Tries every mutant of a system: whether the right rule reports it at the right place.
import { relative } from 'node:path';
import ts from 'typescript';
import type { Finding } from '../../server/src/rules/rule.ts';
import { lineColumn, lineStarts } from '../../server/src/text.ts';
import { type Files, memberAround, type Mutant, mutate, nodesOf, type Operator } from './mutant.ts';
import { consumerOperators } from './operators/consumers.ts';
import { eventOperators } from './operators/events.ts';
import { producerOperators } from './operators/producers.ts';
import { sagaOperators } from './operators/sagas.ts';
import { equivalent, type Excuse, missed } from './survivors.ts';
import { endsIn, type System } from './systems.ts';

export const operators: readonly Operator[] = [
  ...eventOperators,
  ...producerOperators,
  ...consumerOperators,
  ...sagaOperators,
];

type Outcome = 'killed' | 'survived' | 'equivalent';

export interface Tried {
  readonly mutant: Mutant;
  readonly where: string;
  readonly outcome: Outcome;
  readonly said: readonly string[];
}

/** Tries all mutants of a system, or those of one operator. */
export function tryAll(system: System, only = ''): readonly Tried[] {
  const chosen = operators.filter((it) => it.name.includes(only));
  return chosen.flatMap((operator) =>
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
  const outcome = isKilled ? 'killed' : excuseFor(mutant.operator, where) ? 'equivalent' : 'survived';
  return { mutant, where, outcome, said: findings.map((it) => `${it.ruleId} ${it.symbol}`) };
}

/** Why a mutant is as sound as the original, where it is. */
export function excuseFor(operator: string, where: string): Excuse | undefined {
  return equivalent.find((it) => it.operator.test(operator) && it.where.test(where));
}

/** Why the rules do not see a fault, where that was found out. */
export function causeOf(operator: string, where: string): string | undefined {
  return missed.find((it) => it.operator.test(operator) && it.where.test(where))?.reason;
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
