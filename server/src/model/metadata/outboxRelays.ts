// What of an outbox's rows their relays send: the whole row, or some of its columns.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Role } from '../../facts/roles.ts';
import { partsOf } from '../../facts/walk.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { EventModel } from '../model.ts';

/** The columns that relays send; undefined where they send the whole row, or no relay is seen, as with change data capture. */
export function sentColumns(model: Pick<EventModel, 'keeper' | 'files'>): ReadonlySet<string> | undefined {
  const relays = foundInFiles(model, 'what relays of outboxes send', sentIn);
  if (relays.length === 0 || relays.some((it) => it.isWhole)) return undefined;
  return new Set(relays.flatMap((it) => it.columns));
}

interface Sent {
  readonly isWhole: boolean;
  readonly columns: readonly string[];
}

const sending = /^_?(?:publish|emit|send|produce|dispatch|add)(?![a-z])/;

const sentIn = once((facts: FileFacts): readonly Sent[] => {
  const actions = facts.functions.flatMap((it) => [...eachAction(it.body)]);
  const calls = actions.flatMap((it) => (it.kind === 'call' ? [it] : []));
  if (!calls.some(({ roles }) => roles.some(takesRows))) return [];
  const sends = calls.filter(
    ({ call, roles }) =>
      roles.some((it) => it.kind === 'publish' && it.library !== 'outbox') ||
      (roles.length === 0 && sending.test(calleeName(call.callee) ?? '')),
  );
  return sends.flatMap(({ call }) => call.args.map((it) => sentWith(facts, it, 0)));
});

/** Rows that are looked up, claimed, or marked and deleted once they are sent, whoever looked them up. */
function takesRows(role: Role): boolean {
  if (role.kind !== 'read' && role.kind !== 'write') return false;
  const isNew = role.kind === 'write' && (role.operation === 'insert' || role.operation === 'upsert');
  return /outbox/i.test(role.store ?? '') && !isNew;
}

function sentWith(facts: FileFacts, expr: Expr, depth: number): Sent {
  if (depth > 6) return { isWhole: false, columns: [] };
  if (expr.kind === 'member') return { isWhole: false, columns: [expr.name] };
  if (expr.kind === 'name') return heldBy(facts, expr, depth);
  const parts = [...partsOf(expr), ...(expr.kind === 'object' ? expr.spreads : [])];
  // `evt._id.toString()` names its column in the callee.
  const sent = parts.map((it) =>
    expr.kind === 'call' && it === expr.callee && it.kind === 'member'
      ? sentColumn(it.object)
      : sentWith(facts, it, depth + 1),
  );
  return { isWhole: sent.some((it) => it.isWhole), columns: sent.flatMap((it) => it.columns) };
}

function sentColumn(object: Expr): Sent {
  return { isWhole: false, columns: object.kind === 'member' ? [object.name] : [] };
}

/** `const payload = JSON.parse(row.payload)` is a column; `row` of a loop or of a look-up is all of them. */
function heldBy(facts: FileFacts, { binding: id }: Expr & { readonly kind: 'name' }, depth: number): Sent {
  const binding = id === undefined ? undefined : facts.bindings[id];
  if (!binding || binding.kind === 'import' || binding.isTopLevel) return { isWhole: false, columns: [] };
  const { init } = binding;
  if (init?.kind === 'member' && init.name !== '[]') return { isWhole: false, columns: [init.name] };
  if (init?.kind === 'call' && !binding.isAwaited) return sentWith(facts, init, depth + 1);
  if (init?.kind === 'object' || init?.kind === 'new') return sentWith(facts, init, depth + 1);
  return { isWhole: init?.kind !== 'string' && init?.kind !== 'template', columns: [] };
}
