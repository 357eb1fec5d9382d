// Sagas that are one function: its calls in order are the steps, and catches, branches and stacks take them back.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { takingHold } from '../../facts/sagaWords.ts';
import { areAlternatives } from '../calls/order.ts';
import { isReport } from '../calls/pureCalls.ts';
import {
  isPush,
  placedCalls,
  takingBack,
  type Back,
  type Placed,
  type TakingBack,
} from '../compensation/takingBack.ts';
import { isSurelyUndoing, isUndoing, namesSubject, sharesSubject, undoes } from '../compensation/undoing.ts';
import { undoneAmong, type Undone } from '../compensation/undone.ts';
import { pathOf } from '../effects/effects.ts';
import { callsAfterFailure } from '../failures/failedListeners.ts';
import { eachAction } from '../fileIndex.ts';
import type { Deed, Effect, FunctionNode, StepNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import type { Linking } from '../program.ts';
import { isActivity } from './activities.ts';
import {
  activityDeed,
  asks,
  changes,
  keepsNotes,
  lastingDeed,
  namedDeed,
  notesProgress,
  saidBy,
  tellsSomebody,
  type Reading,
} from './deeds.ts';
import { asCallee } from './journals.ts';
import { placeOf } from './registrations.ts';
import { isCommand, isRequest, isStored } from './sagaSigns.ts';

/** The steps of a function, in order; `engine` is the durable one whose activities it calls. */
export function stepsInBody(fn: FunctionNode, reading: Reading, engine?: string): readonly StepNode[] {
  const facts = reading.linking.files.get(fn.file);
  if (!facts) return [];
  const placed = placedCalls(facts, fn.fact.body);
  const effects = effectsByCall(reading.bodyOf(fn).effects);
  const isLocal = runsTransaction(fn);
  const drafts = placed.flatMap((it) => {
    const all = effects.get(it.action.call.at.start) ?? [];
    const own = all.filter((one) => !(isLocal && isStored(one)));
    if (own.length < all.length && own.length === 0) return [];
    if (isRepeated(it, placed) && notesProgress(it.action, own)) return [];
    return draftOf(
      { fn, facts, placed: it, effects: own, isActivity: isActivity(facts, it.action, engine) },
      reading,
    );
  });
  const back = takingBack(fn, placed, callsAfterFailure(fn, reading.linking), reading);
  const placeOf = new Map(placed.map((it) => [it.index, it.action.call.at.start]));
  return takenBack(
    fn,
    drafts,
    { ...back, undoneBy: undoneAmong(drafts), pushedFor: meantAmong(drafts) },
    placeOf,
  );
}

/** The steps, each with what takes it back. */
function takenBack(
  { fact: { body } }: FunctionNode,
  steps: readonly Draft[],
  back: Undoings,
  placeOf: ReadonlyMap<number, number>,
): readonly StepNode[] {
  return steps.map((step) => {
    // `case 'ship': …; case 'return': …` is asked for the one or the other, and neither takes back the other.
    // Nor does a branch take back what comes after it: `if (known) return cancel(known); …`.
    const isOther = ({ index, isBranch }: Back): boolean =>
      (isBranch && index <= step.index) || areAlternatives(body, step.at.start, placeOf.get(index) ?? -1);
    const [others, backs] = [back.backs.filter(isOther), back.backs.filter((it) => !isOther(it))];
    const found = withUndoing(step, steps, { ...back, backs });
    const isElsewhere = others.some((it) => back.undoneBy(it).meant.has(step));
    return isElsewhere && found.compensation === 'no' ? { ...found, compensation: 'unknown' } : found;
  });
}

function isRepeated({ action }: Placed, placed: readonly Placed[]): boolean {
  const path = pathOf(action.call.callee);
  return placed.filter((it) => pathOf(it.action.call.callee) === path).length > 1;
}

interface Call {
  readonly fn: FunctionNode;
  readonly facts: FileFacts;
  readonly placed: Placed;
  readonly effects: readonly Effect[];
  readonly isActivity: boolean;
}

/** A step whose compensation is not looked for yet. */
interface Draft extends StepNode {
  readonly words: string;
  readonly index: number;
}

function draftOf({ fn, placed, effects, isActivity }: Call, { linking }: Reading): readonly Draft[] {
  const { action, zone, index, keptAs } = placed;
  const path = keptAs === undefined ? saidBy(action) : asCallee(keptAs);
  const takesBack = isSurelyUndoing(path) || (zone === 'branch' && isUndoing(path));
  const events = effects.map((it) => commandOf(it, linking));
  if (zone === 'catch' || isPush(action) || takesBack || events.some(isUndoing) || isReport(action))
    return [];
  const isTold = keptAs !== undefined && tellsSomebody(keptAs);
  const deed = isTold ? undefined : deedIn(fn, action, effects, isActivity, linking);
  const canFail = isActivity || deed !== undefined || effects.some((it) => !it.runs && fails(it, action));
  if (!canFail && !isUnknownWork(fn, action, linking)) return [];
  // A call is named after the command that it sends, unless that is but a part of what it does.
  const command = effects.every(isRequest) ? events.find((it) => it !== '') : undefined;
  const name = keptAs ?? command ?? path.split('.').at(-1) ?? path;
  const place = { name, file: fn.file, at: placeOf(action) };
  return [
    {
      ...place,
      effects: effects.filter(changes),
      ...(deed && { deed }),
      ...{ canFail: true, isPivot: false, isRetriable: false, hasTimeLimit: isActivity },
      ...{ compensation: 'no', undoing: [] },
      words: events.join(' ').trim() || path,
      index,
    },
  ];
}

function deedIn(
  fn: FunctionNode,
  action: CallAction,
  effects: readonly Effect[],
  isActivity: boolean,
  linking: Linking,
): Deed | undefined {
  if (isActivity && effects.length === 0) return activityDeed(fn.file, action);
  const lasting = lastingDeed(effects, linking);
  if (!lasting) return effects.length === 0 ? namedDeed(fn.file, action, linking) : undefined;
  // A row of one's own counts only where the call says that something comes into being.
  const isRow = effects.every((it) => it.role.kind !== 'remote' && !isCommand(it));
  const path = saidBy(action);
  const name = path.split('.').at(-1) ?? '';
  return isRow && !takingHold.test(name) && !/order\w*\.(?:create|place|insert)$/i.test(path)
    ? undefined
    : { file: fn.file, at: action.call.at, name: isActivity ? lasting.name : path };
}

/** Work behind an interface of the workspace that nobody can read. */
function isUnknownWork(
  { file }: FunctionNode,
  { call, settled, roles }: CallAction,
  { calls }: Linking,
): boolean {
  const isOther = roles.some((it) => it.kind !== 'schedule' && it.kind !== 'retry');
  if (settled !== 'awaited' || isOther || call.callee.kind !== 'member' || asks(call.callee.name))
    return false;
  if (keepsNotes(pathOf(call.callee))) return false;
  return (
    calls.callees(file, call).length === 0 && calls.typing.typeOf(file, call.callee.object) !== undefined
  );
}

function fails({ role }: Effect, { settled }: CallAction): boolean {
  if (role.kind === 'remote') return true;
  // What an engine sends it sends again until it is sent.
  if (role.kind === 'publish')
    return (
      role.transport === 'broker' && (settled === 'awaited' || isAnswered(role)) && role.isJournaled !== true
    );
  return true;
}

/** `firstValueFrom(client.send(…))`: whoever takes the answer sees the failure. */
function isAnswered({ isRequest, isDetached }: PublishRole): boolean {
  return isRequest === true && isDetached !== true;
}

interface Undoings extends TakingBack {
  readonly undoneBy: (it: Back) => Undone<Draft>;
  /** The step that what is put on the stack speaks of. */
  readonly pushedFor: (it: Back) => Draft | undefined;
}

function withUndoing(step: Draft, steps: readonly Draft[], back: Undoings): StepNode {
  const { words, index, ...node } = step;
  const found = [
    back.pushes.filter((it) => back.pushedFor(it) === step),
    back.backs.filter((it) => back.undoneBy(it).meant.has(step)),
    back.rows.filter((it) => it.words === receiverIn(words)),
    back.pushes.filter((it) => !back.pushedFor(it) && isBeside(it, index, steps)),
  ].find((it) => it.length > 0);
  if (found) return { ...node, compensation: 'yes', undoing: found.map((it) => undoingOf(it, index)) };
  const isStray = back.backs.some((it) => !isRunner(it.words, back) && !back.undoneBy(it).isAny);
  const isOpen = back.open.some((it) => !isRunner(pathOf(it.call.callee), back));
  return { ...node, compensation: isStray || isOpen ? 'unknown' : 'no' };
}

/** What runs the stack takes back what was put there and nothing else. */
function isRunner(words: string, { pushes }: TakingBack): boolean {
  return pushes.length > 0 && isUndoing(words) && !namesSubject(words);
}

/** `orders` of `orders.create`. */
function receiverIn(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** The nearest step that the words on the stack speak of. */
function meantAmong(steps: readonly Draft[]): Undoings['pushedFor'] {
  return once(({ words, index }: Back) => {
    const distance = (it: Draft): number => Math.abs(it.index - index);
    return steps
      .filter((it) => undoes(words, it.words) || sharesSubject(words, it.words))
      .toSorted((a, b) => distance(a) - distance(b))[0];
  });
}

function undoingOf(
  { index, words: _, isBranch: _branch, ...undoing }: Back,
  step: number,
): StepNode['undoing'][number] {
  const { known } = undoing;
  const when = known === 'always' ? 'always' : index < step ? 'before' : 'after';
  return { ...undoing, known: when };
}

/** What is put on the stack belongs to the step before it, and before the first to the next. */
function isBeside(push: Back, step: number, steps: readonly Draft[]): boolean {
  const before = steps.filter((it) => it.index < push.index).at(-1);
  const owner = before ?? steps.find((it) => it.index > push.index);
  return owner?.index === step;
}

function effectsByCall(effects: readonly Effect[]): ReadonlyMap<number, readonly Effect[]> {
  const byCall = new Map<number, Effect[]>();
  for (const effect of effects) {
    const start = (effect.via[0] ?? effect).at.start;
    const found = byCall.get(start);
    if (found) found.push(effect);
    else byCall.set(start, [effect]);
  }
  return byCall;
}

/** A transaction in the function itself takes back all rows. */
function runsTransaction({ fact }: FunctionNode): boolean {
  const opens = [...eachAction(fact.body)].some(
    (it) => it.kind === 'call' && it.roles.some((role) => role.kind === 'transaction'),
  );
  return opens || fact.decorators.some((it) => /transaction/i.test(it.name));
}

function commandOf(effect: Effect, { program }: Linking): string {
  if (!isCommand(effect) || effect.role.kind !== 'publish') return '';
  return commandNamed(program, effect.file, effect.role.event);
}
