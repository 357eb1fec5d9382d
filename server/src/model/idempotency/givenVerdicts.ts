// What the result of a call, and the value that a function gives, say about a repeat.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { guardAt, isConditionalWrite } from '../effects/effects.ts';
import { placeOfCall, type Summary, type Verdict, type Walk } from '../effects/frames.ts';
import { rootOf } from '../resolution/values.ts';
import { verdictOf } from './conditions.ts';

const loads = /^(?:find|get|load|fetch|exists|has|count|lookup|retrieve)/i;

/** What the result says about a repeat, by roles first and then by what the called function gives. */
export function judgeResult(walk: Walk, action: CallAction, summaries: readonly Summary[]): void {
  const known = walk.verdicts.get(placeOfCall(action));
  const given = summaries.find((it) => it.verdict)?.verdict;
  // A repository's own `getPayment(id)` is known for a read by its name; what it asks for its body says.
  if (known?.kind === 'read' && given?.isUnique)
    walk.verdicts.set(placeOfCall(action), { ...known, isUnique: true });
  if (known) return;
  if (given) return setVerdict(walk, action, given);
  const claimed = action.roles.some((it) => it.kind === 'write' && isConditionalWrite(it));
  if (claimed)
    return setVerdict(walk, action, { ...guardAt(walk.fn, action), kind: 'claim', isVolatile: false });
  judgeByName(walk, action, summaries);
}

function judgeByName(walk: Walk, action: CallAction, summaries: readonly Summary[]): void {
  const { callee } = action.call;
  const place = { file: walk.fn.file, at: action.call.at };
  const takesAway = action.roles.some((it) => it.kind === 'write' && it.operation === 'delete');
  if (takesAway)
    walk.verdicts.set(placeOfCall(action), { ...place, kind: 'claim', isVolatile: false, isCount: true });
  const isFlag = action.roles.some((it) => it.kind === 'write' && it.tellsIfMade);
  if (isFlag) walk.verdicts.set(placeOfCall(action), { ...place, kind: 'claim', isVolatile: false, isFlag });
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  const isLoaded = !isFlag && loads.test(name) && (callee.kind === 'member' || summaries.length > 0);
  if (isLoaded) walk.verdicts.set(placeOfCall(action), { ...place, kind: 'read', isVolatile: false });
}

/** Keeps what a call's result says; what is more than a look says it of the function too. */
export function setVerdict(walk: Walk, action: CallAction, verdict: Verdict): void {
  walk.verdicts.set(placeOfCall(action), verdict);
  if (!walk.verdict || walk.verdict.kind === 'read') walk.verdict = verdict;
}

/** What the returned call, row or choice between them says. */
export function verdictIn(value: Expr, walk: Walk): Verdict | undefined {
  if (value.kind === 'call' || value.kind === 'new')
    return verdictOf(value, walk.verdicts) ?? verdictOfMapped(value.args, walk);
  if (value.kind === 'name') {
    const init = rootOf(walk.facts, value)?.init;
    return init && (verdictOf(init, walk.verdicts) ?? verdictOfRow(init, walk));
  }
  if (value.kind === 'operation' || value.kind === 'choice') {
    for (const it of value.of) {
      const found = verdictIn(it, walk);
      if (found) return found;
    }
  }
  return undefined;
}

/** `const [row] = await db.select()…; return row`: what was read is given, if not all of it. */
function verdictOfRow(init: Expr, { verdicts }: Walk): Verdict | undefined {
  let rows = init;
  while (rows.kind === 'member') rows = rows.object;
  const verdict = verdictOf(rows, verdicts);
  return verdict?.kind === 'read' ? verdict : undefined;
}

/** `toOrder(row)`, `new Order({ ...row })`: what was read is given in another form. */
function verdictOfMapped(args: readonly Expr[], walk: Walk): Verdict | undefined {
  const [first] = args;
  const row = first?.kind === 'object' ? first.spreads[0] : first;
  const init = row?.kind === 'name' ? rootOf(walk.facts, row)?.init : undefined;
  return init && verdictOfRow(init, walk);
}
