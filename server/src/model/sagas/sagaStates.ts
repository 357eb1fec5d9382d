// The states of sagas: which ones a process manager sets, which ones a table or machine of states never leaves.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { placeNameOf, sagaName } from '../../facts/sagaWords.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath, Place } from '../../text.ts';
import { lastName } from '../calls/handling.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { storeOf } from '../producers/sent.ts';
import { processManagersOf, type ProcessManager } from './processManagers.ts';
import { deadStates } from './stateSwitches.ts';

/** A saga that does not end: it has no final state (`states` are those it has), or one state leads nowhere. */
export interface Unending extends Place {
  readonly saga: string;
  readonly states: readonly string[];
  /** The state that nothing leaves. */
  readonly stuck?: string;
  /** A library has a word for final states, which is missing here. */
  readonly isUnmarked?: boolean;
}

/** All of them; silent where a state can't be read. */
export function unendingSagas(model: EventModel): readonly Unending[] {
  const managers = model.isComplete ? processManagersOf(model).flatMap((it) => endless(model, it)) : [];
  const written = saidOfFiles(model, 'states that nothing leaves', (it) => [
    ...inTables(model, it),
    ...inMachines(it),
    ...deadStates(it, isFinal).map(({ at, owner, state, states }) => ({
      file: it.file,
      at,
      saga: owner,
      states,
      stuck: state,
    })),
  ]);
  return [...managers, ...written];
}

const stateName = /^(?:saga_?)?(?:status|state|phase|stage|step|current_?(?:state|status|phase|step))$/i;
const finals =
  /^(?:done|complet|finish|succe|fail|cancel|reject|compensat|refund|clos|end|expir|abort|confirm|deliver|ship(?:ped|ment)|fulfil|paid|approv|declin|err|terminat|roll|settl|resolv|activ|inactiv|archiv|process(?:ed)|ok|timed|revers|revert|return|deni|refus|stop|final|dead|skip|void|delet|remov|placed|sent|unavail|out|ready|live|provisioned|booked|invalid|disabled|suspended|manual|interven)/;
const ending =
  /(?:complet|finish|clos|ended|end|done|archiv|cancell?)(?:ed)?_?(?:at|on|date|time)$|^(?:is)?_?(?:done|complete|completed|finished|closed|ended|final|active)$/i;
const endingCall =
  /^(?:complete|finish|end|close|finali[sz]e|archive|delete|remove|destroy|terminate|markAs(?:Complete|Done|Finished)|markComplete)/i;

/** Whether a state says that nothing follows. */
function isFinal(state: string): boolean {
  return wordsOf(state).some((it) => finals.test(it) && !it.endsWith('ing'));
}

interface States {
  readonly names: ReadonlySet<string>;
  /** Something is set that can't be read, or what is set besides may mark the end. */
  readonly isOpen: boolean;
}

function endless(model: EventModel, manager: ProcessManager): readonly Unending[] {
  if (manager.stores.size === 0) return [];
  const { names, isOpen } = statesOf(model, manager);
  const states = [...names];
  if (isOpen || states.length < 2 || states.some(isFinal)) return [];
  return [{ file: manager.file, at: manager.at, saga: manager.name, states }];
}

function statesOf(model: EventModel, { reactions, sent, stores }: ProcessManager): States {
  const names = new Set<string>();
  let isOpen = false;
  const add = (value: string | undefined): void => {
    if (value === undefined) isOpen = true;
    else names.add(value);
  };
  const effects = [...reactions.flatMap((it) => it.effects), ...sent.map((it) => it.effect)];
  for (const effect of effects) {
    const isOwn = effect.role.kind === 'write' && stores.has(storeOf(effect));
    if (!isOwn || effect.role.kind !== 'write') continue;
    if (effect.role.operation === 'delete') return { names, isOpen: true };
    if (!readsWrite(model, effect, add)) isOpen = true;
  }
  for (const { file, at } of effects.flatMap((it) => [...it.via, it])) {
    const facts = model.files.get(file);
    const around =
      facts?.functions.filter(
        (it) => it.kind !== 'module' && it.span.start <= at.start && at.end <= it.span.end,
      ) ?? [];
    for (const { body } of around) {
      for (const action of actionsIn(body)) {
        if (action.kind === 'call') isOpen ||= endingCall.test(lastName(action.call.callee));
        if (action.kind !== 'assign' || action.target.kind !== 'member') continue;
        isOpen ||= ending.test(action.target.name);
        if (stateName.test(action.target.name)) add(model.program.stringOf(file, action.value));
      }
    }
  }
  return { names, isOpen };
}

/** Whether all that a write says of the state can be read. */
function readsWrite(
  model: EventModel,
  { role, file, at }: Effect,
  add: (value: string | undefined) => void,
): boolean {
  const data = role.kind === 'write' ? role.data : undefined;
  if (data?.kind === 'object') {
    if (data.spreads.length > 0 || data.entries.some((it) => ending.test(it.key))) return false;
    for (const { key, value } of data.entries) if (stateName.test(key)) add(textOf(model, file, value));
    // The values that stand in SQL itself are read there.
    if (role.kind !== 'write' || role.library !== 'sql') return true;
  }
  const facts = model.files.get(file);
  const calls = facts?.functions.flatMap((it) => [...callsIn(it.body)]) ?? [];
  const call = calls.find((it) => it.call.at.start === at.start)?.call;
  const sql = call?.args.map((it) => (it.kind === 'string' ? it.value : '')).join(' ') ?? '';
  if (!/\b(?:update|insert)\b/i.test(sql)) return data !== undefined;
  const set = [...sql.matchAll(/(\w+)\s*=\s*('[^']*'|[^\s,)]+)/g)];
  for (const [, name = '', value = ''] of set) {
    if (ending.test(name)) return false;
    if (stateName.test(name) && !/\bwhere\b/i.test(sql.slice(0, sql.indexOf(`${name} = ${value}`))))
      add(value.startsWith("'") ? value.slice(1, -1) : undefined);
  }
  for (const [column, value] of insertedIn(sql)) {
    if (stateName.test(column)) add(value.startsWith("'") ? value.slice(1, -1) : undefined);
  }
  return true;
}

/** `INSERT INTO sagas (id, step) VALUES ($1, 'reserving')`, column by column. */
function insertedIn(sql: string): readonly (readonly [string, string])[] {
  const parts = /\(([^()]*)\)\s*values\s*\(([^()]*)\)/i.exec(sql);
  const split = (it: string | undefined): readonly string[] => (it ?? '').split(',').map((one) => one.trim());
  const [columns, values] = [split(parts?.[1]), split(parts?.[2])];
  return columns.length === values.length ? columns.map((it, index) => [it, values[index] ?? '']) : [];
}

function textOf(model: EventModel, file: FilePath, value: Expr): string | undefined {
  const text = model.program.stringOf(file, value);
  return text ?? (value.kind === 'member' && /^[A-Z]/.test(value.name) ? value.name : undefined);
}

const tableName = /transition|state_?machine|next_?state|allowed_?(?:states|next)/i;

/** `const transitions = { [State.Reserving]: [State.Paid], [State.Paid]: [] }`: an end is an empty list. A page only shows its buttons by one. */
function inTables(model: EventModel, facts: FileFacts): readonly Unending[] {
  if (/\.tsx$/.test(facts.file)) return [];
  return facts.bindings.flatMap((binding): readonly Unending[] => {
    const { init, name } = binding;
    if (!binding.isTopLevel || !tableName.test(name) || init?.kind !== 'object' || init.spreads.length > 0)
      return [];
    const rows = init.entries.map((it) => ({
      at: it.at,
      state: stateOf(model, facts.file, it.computed, it.key),
      next: it.value,
    }));
    if (rows.length < 3 || rows.some((it) => it.state === undefined || it.next.kind !== 'array')) return [];
    return rows.flatMap(({ state = '', at, next }) =>
      next.kind === 'array' && next.items.length === 0 && !isFinal(state)
        ? [{ file: facts.file, at, saga: name, states: rows.map((it) => it.state ?? ''), stuck: state }]
        : [],
    );
  });
}

function stateOf(
  model: EventModel,
  file: FilePath,
  computed: Expr | undefined,
  key: string,
): string | undefined {
  return computed ? textOf(model, file, computed) : key;
}

const leaving = /^(?:on|always|after|invoke|onDone|states|initial)$/;

/** `createMachine({ states: { reserving: { on: … }, charging: {} } })`. */
function inMachines(facts: FileFacts): readonly Unending[] {
  if (!facts.imports.some((it) => it.from === 'xstate')) return [];
  // A machine of a screen may rest in any of its states.
  if (!sagaName.test(placeNameOf(facts.file)) && facts.consumers.length === 0) return [];
  const calls = facts.functions.flatMap((it) => [...callsIn(it.body)]);
  return calls.flatMap(({ call }): readonly Unending[] => {
    const [config] = call.args;
    if (!/^(?:createMachine|Machine)$/.test(lastName(call.callee)) || config?.kind !== 'object') return [];
    if (config.entries.some((it) => it.key === 'on')) return [];
    const states = config.entries.find((it) => it.key === 'states')?.value;
    return states?.kind === 'object' ? stuckIn(facts.file, idOf(config), states) : [];
  });
}

function stuckIn(file: FilePath, saga: string, { entries }: ObjectExpr): readonly Unending[] {
  return entries.flatMap(({ key, value, at }): readonly Unending[] => {
    if (value.kind !== 'object' || value.spreads.length > 0) return [];
    const isEnd = value.entries.some((it) => leaving.test(it.key) || it.key === 'type');
    return isEnd
      ? []
      : [{ file, at, saga, states: entries.map((it) => it.key), stuck: key, isUnmarked: true }];
  });
}

function idOf({ entries }: ObjectExpr): string {
  const id = entries.find((it) => it.key === 'id')?.value;
  return id?.kind === 'string' ? id.value : 'the machine';
}
