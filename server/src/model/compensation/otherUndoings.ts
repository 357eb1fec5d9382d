// Steps with a compensation that takes back what other steps did and not what theirs did: the ticket and the order are rejected, and the
// money that the step took stays taken. Both are known by names.
import type { CallAction } from '../../facts/actions.ts';
import { takingHold } from '../../facts/sagaWords.ts';
import { callsIn } from '../../facts/walk.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { calleeName } from '../fileIndex.ts';
import type { Deed, Effect, EventModel, FunctionNode, SagaNode, StepNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { isUndoing, namesSubject, sharesSubject, undoes } from './undoing.ts';

export interface OtherUndoing {
  readonly step: StepNode;
  readonly deed: Deed;
  /** What the step does, and what its compensation does instead, in their own words. */
  readonly did: string;
  readonly others: readonly string[];
  readonly next: StepNode;
}

/** Money goes by many names: `wallet.debit` is taken back by `ledger.reverseEntry`. */
const money =
  /pay|charg|debit|credit|refund|wallet|ledger|transaction|transfer|entry|posting|funds|money|balance|card|account|bill|invoice/i;
const general = /compensat|roll_?back|refund|revert|undo(?![a-z])|all(?![a-z])/i;
/** What only reads, computes or changes the form of something. */
const plain =
  /^(?:get|to|parse|stringify|map|filter|find|push|forEach|join|now|keys|values|entries|pipe|subscribe|(?:first|last)ValueFrom)/;

export function* otherUndoings(model: EventModel, saga: SagaNode): Iterable<OtherUndoing> {
  for (const [index, step] of saga.steps.entries()) {
    const { deed } = step;
    if (!deed || step.compensation !== 'yes' || step.isPivot || step.isRetriable) continue;
    const did = saidIn(model, step.effects).find((it) => takingHold.test(lastOf(it)));
    const next = saga.steps.slice(index + 1).find((it) => it.canFail && !it.isRetriable && it.deed);
    if (did === undefined || !next) continue;
    const own = saidInAll(model, step);
    const all = saga.steps.map((it) => saidInAll(model, it));
    if (!own || own.length === 0 || !all.every((it) => it !== undefined)) continue;
    if (own.every((it) => isOther(it, did)) && !all.flat().some((it) => isMeant(it, did)))
      yield { step, deed, did, others: [...new Set(own)], next };
  }
}

/** `stock.reserve` reserves. */
function lastOf(name: string): string {
  return name.split(/[.:/]/).at(-1) ?? name;
}

function isOther(said: string, did: string): boolean {
  return isUndoing(said) && namesSubject(said) && !isMeant(said, did);
}

function isMeant(said: string, did: string): boolean {
  const isOfMoney = [said, did].every((it) => money.test(it));
  return isOfMoney || general.test(said) || sharesSubject(said, did) || undoes(said, did);
}

/** What the compensations of a step do, in their own words; nothing where one does something that can't be read. */
function saidInAll(model: EventModel, { undoing }: StepNode): readonly string[] | undefined {
  const functions = undoing.flatMap((it) => it.functions);
  if (functions.some((fn) => !isRead(model, fn))) return undefined;
  return functions.flatMap((fn) => saidIn(model, model.bodyOf(fn).effects));
}

function isRead(model: EventModel, fn: FunctionNode): boolean {
  const { effects } = model.bodyOf(fn);
  const isNamed = effects.every((it) => it.role.kind !== 'publish' || saidOf(model, it) !== undefined);
  return (
    isNamed &&
    reachedFrom(model, fn).every((it) => callsIn(it.fact.body).every((one) => isKnown(model, it, one)))
  );
}

function isKnown({ program }: EventModel, fn: FunctionNode, { call, roles, isNew }: CallAction): boolean {
  if (isNew || roles.length > 0 || plain.test(calleeName(call.callee) ?? '')) return true;
  return program.calleesOf(fn.file, fn, call).length > 0;
}

function saidIn(model: EventModel, effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((it) => saidOf(model, it) ?? []);
}

/** The command, or the calls that lead there. */
function saidOf({ program }: EventModel, { role, file, name, via }: Effect): string | undefined {
  if (role.kind === 'publish') return commandSaid(program, file, role.event);
  return (role.kind === 'remote' ? role.asks : undefined) ?? [...via.map((it) => it.name), name].join(' ');
}
