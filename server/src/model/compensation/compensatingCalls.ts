// Which calls take a step back: by what they are called, by the stack that they come from, by the topic that they ask on, or because a
// saga that is one function makes them.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { undoingCall } from '../../facts/sagaWords.ts';
import { callsIn } from '../../facts/walk.ts';
import { transactionName } from '../../facts/transactionNames.ts';
import type { FilePath } from '../../text.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfSagas } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode, SagaNode, Undoing } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { proxyBehind } from '../sagas/activities.ts';
import { holdsKeptTries, isKeptTrying, journalOf, journalsUndoing } from '../sagas/journals.ts';
import { backRunsIn, type BackRun } from './backRuns.ts';
import { givesBack } from './undoing.ts';

const stacked = /^(?:comp|compensation|compensate|undo|rollback|compensator)$/i;
const stackName = /compensat|rollbacks|undos|undoStack/i;
const asking = /compensat|(?:^|[.\-_:/])(?:release|cancel|refund|rollback|undo|void)(?:$|[.\-_:/])/i;
/** `{ cmd: 'refundPayment' }`: who cancels may be a user as well. */
const askingInOne = /^(?:release|refund|rollback|undo|void|restock|unreserve)(?=[A-Z])(?!\w*ed$)/;

/** Where a call stands. */
export interface CallPlace {
  readonly model: EventModel;
  readonly fn: FunctionNode;
  readonly facts: FileFacts;
  readonly inLoop: boolean;
  /** Where a saga that is one function takes back a step by a call: `refundCard(…)` in its catch. */
  readonly ofSteps: ReadonlySet<number>;
}

/** Whether a call may take a step back; most can't. */
export function mayCompensate(facts: FileFacts, action: CallAction): boolean {
  const { call, roles } = action;
  const name = calleeName(call.callee) ?? '';
  const isRun = roles.some((it) => it.kind === 'publish' || (it.kind === 'guard' && it.isJournaled));
  return isRun || stacked.test(name) || undoingCall.test(name) || mayGiveBack(facts, action);
}

/** By what it is called, by the stack that it comes from, or by the topic that it asks on. */
export function isCompensating(
  action: CallAction,
  { model, facts, fn, inLoop, ofSteps }: CallPlace,
): boolean {
  const { call, roles } = action;
  if (roles.some((it) => it.kind === 'log') || isKeptTrying(action)) return false;
  const stack = takenOffStacks(facts).get(action);
  if (stack) return !holdsKeptTries(facts, stack);
  if (journalOf(action)) return journalsUndoing(facts, action);
  if (ofSteps.has(call.at.start)) return true;
  const published = roles.find((it) => it.kind === 'publish');
  if (published?.kind === 'publish') {
    const named = published.channel ?? published.event;
    const topic = commandSaid(model.program, facts.file, named) ?? '';
    // `{ type: 'REFUND_COMPLETED' }` tells that it was done.
    const isNews = named.kind !== 'string' && named.kind !== 'member' && /ed$/i.test(topic);
    return !isNews && (asking.test(topic) || askingInOne.test(topic)) && published.gives !== 'nothing';
  }
  const { callee } = call;
  if (mayGiveBack(facts, action) && proxyBehind(model, facts, call)) return true;
  if (callee.kind === 'name') return stacked.test(callee.name) && (inLoop || stackName.test(fn.fact.name));
  if (callee.kind !== 'member' || !undoingCall.test(callee.name)) return false;
  const object = callee.object.kind === 'name' || callee.object.kind === 'member' ? callee.object.name : '';
  // `rollback` is a transaction's word too: then what it is called on must be a step.
  const isTransaction = roles.some((it) => it.kind === 'transaction') || endsTransaction(action, model, fn);
  return (
    !transactionName.test(object) && (!isTransaction || /^(?:s|it)$|step|activit|participant/i.test(object))
  );
}

/** `await refundPayment(id)` in a workflow of Temporal, whichever part of it holds what is given back. */
function mayGiveBack({ imports }: FileFacts, { call, settled }: CallAction): boolean {
  const isWaitedFor = settled === 'awaited' && givesBack(calleeName(call.callee) ?? '');
  return isWaitedFor && imports.some((it) => it.from.startsWith('@temporalio/workflow'));
}

/** `files.rollbackSession(session)`, which aborts a transaction of the database. */
function endsTransaction({ call }: CallAction, { program }: EventModel, fn: FunctionNode): boolean {
  const callees = program.calleesOf(fn.file, fn, call);
  return callees.some(({ fact }) =>
    [...callsIn(fact.body)].some(({ roles }) =>
      roles.some((it) => it.kind === 'transaction' && it.phase === 'rollback'),
    ),
  );
}

const takenOffStacks = once(
  (facts: FileFacts): ReadonlyMap<CallAction, BackRun> =>
    new Map(backRunsIn(facts).map((it) => [it.action, it])),
);

/** The calls by which sagas that are one function take back a step, by file. */
export const undoingOfSteps = perModel((model: EventModel): ReadonlyMap<FilePath, ReadonlySet<number>> => {
  const found = new Map<FilePath, Set<number>>();
  for (const { said } of saidOfSagas(model, 'calls that take its steps back', undoingCalls))
    found.set(said.file, (found.get(said.file) ?? new Set()).add(said.at.start));
  return found;
});

function undoingCalls({ fact, steps }: SagaNode): readonly Undoing[] {
  if (fact.form !== 'imperative' && fact.engine !== 'temporal') return [];
  const undoing = steps.flatMap((it) => it.undoing);
  return undoing.filter(({ known, isRow }) => known === 'always' && isRow !== true);
}
