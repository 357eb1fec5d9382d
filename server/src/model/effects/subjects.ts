// What a write stores, and where that comes from.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { WriteRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { entryOf, rootOf } from '../resolution/values.ts';
import { idKey, provenanceOf, type Provenance } from './provenance.ts';

/** What is stored: the argument, or the object that saves itself. */
export function subjectOf(
  fn: FunctionNode,
  action: CallAction,
  role: WriteRole,
  linking: Linking,
): Provenance {
  const { callee, args } = action.call;
  if (role.isByKey && role.data) return keyedProvenance(provenanceOf(fn, unmarshalled(role.data), linking));
  const isSave = callee.kind === 'member' && /^(?:save|persist|store|put|flush|merge)/i.test(callee.name);
  if (isSave) {
    const saved = isToldHow(args) ? callee.object : savedArgument(args);
    return saved ? provenanceOf(fn, saved, linking) : 'unknown';
  }
  if (role.operation === 'update') return ofUpdated(fn, args, linking);
  // A chain names the table first, and what is stored in a later link.
  const isLater = role.data !== undefined && args[0]?.kind === 'name' && args[0].name === role.store;
  const given = isLater ? undefined : args.find((it) => it.kind !== 'name' || !/^[A-Z]/.test(it.name));
  const subject = given ?? role.data;
  if (role.operation !== 'insert' || !subject) return 'unknown';
  const provenance = provenanceOf(fn, subject, linking);
  const row = (subject.kind === 'object' && entryOf(subject, 'data')) || subject;
  const isCopy = row.kind === 'object' && row.spreads.length > 0 && provenance !== 'stable';
  return isCopy ? ofCopy(fn, row, provenance, linking) : provenance;
}

/** A copy that is inserted is a second row, unless it brings its id; one that is saved is the row. */
function ofCopy(fn: FunctionNode, copy: ObjectExpr, provenance: Provenance, linking: Linking): Provenance {
  const facts = linking.files.get(fn.file);
  const [spread, ...others] = copy.spreads;
  const root = facts && spread?.kind === 'name' ? rootOf(facts, spread) : undefined;
  if (!root || others.length > 0 || copy.entries.some((it) => idKey.test(it.key))) return 'fresh';
  if (!bringsId(fn.file, root, linking)) return 'fresh';
  if (typeof provenance === 'object') return provenance;
  const { init } = root;
  const isParsed = init?.kind === 'call' && init.callee.kind === 'member' && /^parse/.test(init.callee.name);
  return isParsed ? 'stable' : 'fresh';
}

/** Whether what a variable holds has an id, by the type that is written there. */
export function bringsId(file: FilePath, { type, takenAs }: BindingFact, { program }: Linking): boolean {
  const written = type ?? takenAs;
  const fields = written ? [...program.fieldsOf(file, written).fields.values()] : [];
  return fields.some(({ name, member }) => idKey.test(name) && member.isOptional !== true);
}

/** Of a put by its key only that the key is drawn, or that the caller knows, says something. */
function keyedProvenance(provenance: Provenance): Provenance {
  return provenance === 'drawn' || typeof provenance === 'object' ? provenance : 'unknown';
}

/** `Item: marshall(order)`. */
function unmarshalled(data: Expr): Expr {
  const isMarshalled = data.kind === 'call' && data.callee.kind === 'name' && data.callee.name === 'marshall';
  return (isMarshalled && data.args[0]) || data;
}

const saveOptions =
  /^(?:session|transaction|validateBeforeSave|validateModifiedOnly|timestamps|hooks|silent|returning|fields|w|j|wtimeout|checkKeys|writeConcern)$/;

/** `order.save()`, `order.save({ session })`: nothing, or only how to do it, is handed to an object that saves itself. */
function isToldHow([first, ...others]: readonly Expr[]): boolean {
  if (!first) return true;
  if (others.length > 0 || first.kind !== 'object' || first.spreads.length > 0) return false;
  return first.entries.length > 0 && first.entries.every((it) => saveOptions.test(it.key));
}

/** An object that is handed over whole may have been shifted before. */
function ofUpdated(fn: FunctionNode, args: readonly Expr[], linking: Linking): Provenance {
  const whole = args.filter((it) => it.kind === 'name').map((it) => provenanceOf(fn, it, linking));
  return whole.find((it) => it === 'shifted') ?? whole.find((it) => typeof it === 'object') ?? 'unknown';
}

/** `manager.save(Order, order)` names the entity first. */
export function savedArgument(args: readonly Expr[]): Expr | undefined {
  const [first, second] = args;
  return first?.kind === 'name' && /^[A-Z]/.test(first.name) && second ? second : first;
}

/** Under a key that is drawn anew nothing is replaced. */
export function asInsert({ isByKey: _, ...role }: WriteRole): WriteRole {
  return { ...role, operation: 'insert' };
}
