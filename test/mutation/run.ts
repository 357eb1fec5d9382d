// `npm run mutate`: puts one fault at a time into resilient systems and counts how many the right rule reports at the right place.
import { parseArgs } from 'node:util';
import { folders, openSystem } from './systems.ts';
import { causeOf, excuseFor, operators, tryAll, type Tried } from './trial.ts';

function main(): void {
  const { values } = parseArgs({ options: { verbose: { type: 'boolean' }, operator: { type: 'string' } } });
  let isClean = true;
  const tried = folders.flatMap((folder) => {
    const system = openSystem(folder);
    const before = system.findingsWith(new Map());
    for (const it of before) console.log(`on the original ${folder}: ${it.ruleId} ${it.message}`);
    isClean &&= before.length === 0;
    return tryAll(system, values.operator);
  });
  report(tried, values.verbose === true);
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
        `survived: ${mutant.operator}: ${where}: ${causeOf(mutant.operator, where) ?? 'not looked into yet'}${isVerbose ? `\n    said: ${said.join(', ')}` : ''}`,
      );
  }
  const excused = tried.filter((it) => it.outcome === 'equivalent');
  for (const { mutant, where } of excused) {
    const reason = excuseFor(mutant.operator, where)?.reason ?? '';
    console.log(`as sound as before: ${mutant.operator}: ${where}: ${reason}`);
  }
  const killed = tried.filter((it) => it.outcome === 'killed').length;
  const judged = tried.length - excused.length;
  const used = new Set(tried.map((it) => it.mutant.operator)).size;
  console.log(
    `${killed} of ${judged} mutants reported (${((100 * killed) / judged).toFixed(1)} %), ${used} operators, ${excused.length} as sound as before`,
  );
}

main();
