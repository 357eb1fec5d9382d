// Messages that ask several services one after the other to take hold of something: `hotel.requested` went out when `flight.requested`
// can't be sent, and the catch only notes the failure, though somebody wrote what would cancel the hotel.
import type { CallAction, TryAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { stemOf, wordsOf } from '../names/names.ts';
import { tellsSomebody } from '../sagas/deeds.ts';
import { callsOfTry, hasKey } from './deniedCharges.ts';
import { needed } from './leftDeeds.ts';
import { takings } from './spokenHolds.ts';
import { isUndoing, undoes } from './undoing.ts';

/** What was asked first, and what is asked after it. */
export interface AskedInARow {
  readonly file: FilePath;
  readonly first: CallAction;
  readonly name: string;
  readonly next: CallAction;
  readonly then: string;
}

interface Asked {
  readonly action: CallAction;
  readonly name: string;
}

const verbs = /^(?:reserve|book|allocate|charge|debit|provision|hold|redeem)$/;
const noting =
  /^(?:set|mark|record|save|update|log|store|note|put|add|to|get)(?=$|[A-Z_])|^(?:String|JSON|Date)$/;

/** All of them, once the workspace was read: somebody has to have written what takes them back. */
export function askedInARow(model: EventModel): readonly AskedInARow[] {
  if (!model.isComplete) return [];
  const found = saidOfFiles(model, 'requests one after the other', (facts) => askedIn(model, facts));
  return found.filter(({ name }) => takings(model).some(({ what }) => takesBack(what, name)));
}

function askedIn(model: EventModel, { file, functions }: FileFacts): readonly AskedInARow[] {
  return functions.flatMap((fact) =>
    actionsIn(fact.body).flatMap((it) => (it.kind === 'try' ? leftBy(model, { file, fact }, it) : [])),
  );
}

function leftBy(model: EventModel, fn: FunctionNode, tried: TryAction): readonly AskedInARow[] {
  const { handler } = tried;
  const asked = handler ? callsOfTry(tried.body).flatMap((it) => askedBy(model, fn.file, it)) : [];
  if (asked.length < 2 || !callsIn(handler ?? []).every((it) => onlyNotes(model, fn, it))) return [];
  return asked.flatMap(({ action, name }) => {
    const next = asked.find(
      (it) => it.name !== name && mayFollow(tried.body, action.call.at.start, it.action.call.at.start),
    );
    return next ? [{ file: fn.file, first: action, name, next: next.action, then: next.name }] : [];
  });
}

/** `emit('hotel.requested', …)`, `publish(ReserveSeat)` to a broker, awaited. */
function askedBy({ program }: EventModel, file: FilePath, action: CallAction): readonly Asked[] {
  const role = action.roles.find((it) => it.kind === 'publish');
  if (role?.kind !== 'publish' || role.transport === 'in-process' || role.transport === 'outbox') return [];
  if (action.settled !== 'awaited' || action.call.args.some(hasKey)) return [];
  const name = commandNamed(program, file, role.event);
  const words = wordsOf(name);
  const isAsking = /^request(?:ed)?$/.test(words.at(-1) ?? '') || words.some((it) => verbs.test(it));
  const isHeld = words.some((it) => needed.has(stemOf(it)));
  return isAsking && isHeld && !isUndoing(name) && !tellsSomebody(name) ? [{ action, name }] : [];
}

/** It says, or writes down, that something failed, and tells nobody who could take it back. */
function onlyNotes(model: EventModel, fn: FunctionNode, { call, roles, isNew }: CallAction): boolean {
  if (isNew || roles.some((it) => it.kind === 'log')) return true;
  if (isUndoing(pathOf(call.callee)) || roles.some((it) => it.kind === 'publish')) return false;
  const callees = model.program.calleesOf(fn.file, fn, call);
  const effects = callees.flatMap((it) => model.bodyOf(it).effects);
  if (effects.some(({ role }) => role.kind !== 'write')) return false;
  return noting.test(calleeName(call.callee) ?? '');
}

function takesBack(what: string, name: string): boolean {
  return what !== '' && undoes(what, name.replace(/[-_.]?request(?:ed)?$/i, ''));
}
