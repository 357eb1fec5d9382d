// Whether an update sets values or shifts them: `stock: product.stock - quantity` does more harm each time.
import type { Expr, ObjectEntry } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { WriteRole } from '../../facts/roles.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { below, parameterOf, pathOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';
import type { HandedField } from './frames.ts';
import { dependsOn } from './shifts.ts';

/** Fields that count deliveries or changes on purpose. */
const counters = /version|updated|retr|attempt/i;

/** Whether an update computes a field from that field. */
export function shiftsData(fn: FunctionNode, role: WriteRole, linking: Linking): boolean {
  const facts = linking.files.get(fn.file);
  return (
    facts !== undefined && entriesOf(fn, role, linking).some((it) => isShifting(facts, it.key, it.value))
  );
}

/** The fields whose values the function is handed, with the whole object it may be handed. */
export function handedFields(fn: FunctionNode, role: WriteRole, linking: Linking): readonly HandedField[] {
  const facts = linking.files.get(fn.file);
  if (!facts || role.operation !== 'update' || !role.data) return [];
  const entries = entriesOf(fn, role, linking);
  if (entries.length === 0) return handed(facts, '', role.data);
  return entries.flatMap((it) => handed(facts, it.key, it.value));
}

/** What the fields turn out to be where a caller hands them in. */
export function settleFields(
  fields: readonly HandedField[],
  caller: FunctionNode,
  args: readonly Expr[],
  linking: Linking,
): { readonly isShifting: boolean; readonly still: readonly HandedField[] } {
  const facts = linking.files.get(caller.file);
  const still: HandedField[] = [];
  let shifting = false;
  for (const { field, parameter, path } of facts ? fields : []) {
    const arg = args[parameter];
    const value = arg && below(arg, path);
    if (!facts || !value) continue;
    const entries = field === '' && value.kind === 'object' ? value.entries : [{ key: field, value }];
    shifting ||= entries.some((it) => isShifting(facts, it.key, it.value));
    still.push(...entries.flatMap((it) => handed(facts, it.key, it.value)));
  }
  return { isShifting: shifting, still };
}

function handed(facts: FileFacts, field: string, value: Expr): readonly HandedField[] {
  const root = rootOf(facts, value);
  const parameter = root && parameterOf(facts, root);
  return parameter ? [{ field, parameter: parameter.index, path: pathOf(facts, value) }] : [];
}

function entriesOf(
  fn: FunctionNode,
  role: WriteRole,
  linking: Linking,
): readonly Pick<ObjectEntry, 'key' | 'value'>[] {
  const data = role.data && linking.values.evaluate(fn.file, role.data);
  if (data?.kind !== 'expr' || data.expr.kind !== 'object') return [];
  return data.expr.entries.flatMap((it) => (it.value.kind === 'object' ? it.value.entries : [it]));
}

function isShifting(facts: FileFacts, field: string, value: Expr): boolean {
  return !counters.test(field) && dependsOn(facts, value, field, 0);
}
