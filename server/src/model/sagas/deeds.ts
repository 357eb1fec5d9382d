// What a step leaves behind when the saga ends half way, and whether a step can fail.
import type { CallAction } from '../../facts/actions.ts';
import { takingHold } from '../../facts/sagaWords.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { Body, Deed, Effect, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import type { Linking } from '../program.ts';
import { asCallee } from './journals.ts';
import { nameElsewhere } from './registrations.ts';

/** What steps are read with. */
export interface Reading {
  readonly linking: Linking;
  readonly bodyOf: (fn: FunctionNode) => Body;
}

/** What says something to somebody, or keeps notes: nobody takes it back. */
const telling =
  /mail|notif|sms|slack|alert|(?<![a-z])log(?:s|ger)?(?![a-z])|audit|metric|analytic|telemetry|track(?!ing)|webhook/i;
/** Notes that a saga keeps of itself. */
const ownState =
  /saga|outbox|inbox|processed|idempot|dedup|audit|(?<![a-z])logs?(?![a-z])|history|session|step|progress|checkpoint|(?<![a-z])state/i;
const asking =
  /(?<![a-z])(?:get|find|fetch|list|check|validate|verify|query|lookup|look_?up|calculate|compute|estimate|quote|search|exists|is|has|read|load|count)(?![a-z])/i;

/** What is drawn up of what is there may be thrown away: `create_invoice_pdf`, `renderTemplate`. */
const drawingUp =
  /(?<![a-z])(?:generate|render|create|build|convert|draw)(?![a-z]).*(?<![a-z])(?:pdf|html|csv|xlsx?|template|preview|thumbnail)s?(?![a-z])/i;

/** Whether an effect changes something, here or elsewhere. */
export function changes(effect: Effect): boolean {
  return effect.role.kind !== 'remote' || effect.role.isRead !== true;
}

/** Whether a function can throw or be refused: a remote call, a write, a throw, or code that nobody knows. */
export function canFail(fn: FunctionNode, bodyOf: (fn: FunctionNode) => Body): boolean {
  const body = bodyOf(fn);
  if (
    body.isOpen ||
    body.effects.some(
      ({ role, runs }) =>
        !runs && (role.kind !== 'publish' || role.isRequest || role.transport !== 'in-process'),
    )
  )
    return true;
  for (const action of eachAction(fn.fact.body)) if (action.kind === 'throw') return true;
  return false;
}

/** What a call does, by what it is called or, where that says nothing, by the address that it asks. */
export function saidBy(action: CallAction): string {
  const remote = action.roles.find((it) => it.kind === 'remote');
  return (
    (remote?.kind === 'remote' ? remote.asks : undefined) ??
    registeredName(action) ??
    pathOf(action.call.callee)
  );
}

/** The first effect that stays when the saga ends half way. */
export function lastingDeed(effects: readonly Effect[], { program }: Linking): Deed | undefined {
  const lasting = effects.find((effect) => {
    const names = [nameOf(effect), ...effect.via.map((it) => it.name)].join(' ');
    if (telling.test(names) || asking.test(nameSaid(effect))) return false;
    const { role } = effect;
    if (role.kind === 'remote') return !role.isRead && role.what !== 'email' && role.what !== 'sms';
    if (role.kind === 'write')
      return role.operation !== 'delete' && !ownState.test(`${role.store ?? ''} ${names}`);
    if (!role.isRequest || role.isDetached) return false;
    const said = commandNamed(program, effect.file, role.event);
    return said !== '' && !asks(said) && !drawingUp.test(spaced(said));
  });
  return lasting && deedAt(lasting);
}

/** A call without a known effect, whose verb says that it takes hold of something: code that nobody knows, or a stand-in. */
export function namedDeed(file: FilePath, action: CallAction, { calls }: Linking): Deed | undefined {
  const path = pathOf(action.call.callee);
  const name = calleeName(action.call.callee) ?? '';
  // What declares a queue or a subscription of a broker takes hold of nothing.
  const isDeclared = action.roles.some((it) => it.kind === 'queue');
  if (action.isNew || isDeclared || !takingHold.test(name) || telling.test(path)) return undefined;
  const known = calls.callees(file, action.call).filter((it) => !it.fact.isAbstract);
  const isWaitedFor =
    action.settled === 'awaited' || (action.settled === 'returned' && known.some((it) => it.fact.isAsync));
  if (known.length > 0 && !isWaitedFor) return undefined;
  return { file, at: action.call.at, name: path };
}

/** The verb of an activity that a durable engine runs elsewhere. */
export function activityDeed(file: FilePath, action: CallAction): Deed | undefined {
  const kept = nameElsewhere(action);
  const name = kept ? asCallee(kept) : (calleeName(action.call.callee) ?? '');
  // Whatever is done under a name may be a part of a report or an import too.
  const isDeed =
    takingHold.test(name) || (!kept && /^(?:create|process|add|open|issue|submit|deploy)/i.test(name));
  if (!isDeed || telling.test(name) || asks(name)) return undefined;
  return { file, at: action.call.at, name: kept ?? name };
}

/** `send-confirmation-email`, `notifyCustomer`: what it says has been read, and can't be taken back. */
export function tellsSomebody(name: string): boolean {
  const words = spaced(name)
    .toLowerCase()
    .replace(/ activity$/, '');
  return (
    /^(?:notify|inform|e-?mail|sms|text)(?![a-z])/.test(words) ||
    /^send(?![a-z]).*(?<![a-z])(?:e ?mail|mail|sms|text message|push|notification|letter|receipt|confirmation)s?$/.test(
      words,
    )
  );
}

/** The name under which what a call runs is registered, as one word. */
function registeredName(action: CallAction): string | undefined {
  const name = nameElsewhere(action);
  return name === undefined ? undefined : asCallee(name);
}

/** Whether a path says that a saga keeps notes of itself: `sagas.save`, `this.journal.append`. */
export function keepsNotes(path: string): boolean {
  return ownState.test(path.slice(0, path.lastIndexOf('.')));
}

const movesOn =
  /(?:status|state|progress|phase|stage|step)$|^(?:advance|transition|proceed|checkpoint|go|move)(?=$|[A-Z_])/i;

/**
 * Whether a call that stands behind several steps notes how far the saga is: rows of its own, among them its state or the message that
 * brings the next step. What is not noted is done again, as what a crash cuts short.
 */
export function notesProgress({ call }: CallAction, effects: readonly Effect[]): boolean {
  const isOwn = effects.every(
    ({ role }) => role.kind === 'write' || (role.kind === 'publish' && role.transport === 'outbox'),
  );
  if (!isOwn || effects.length === 0) return false;
  if (effects.some(({ role, name }) => role.kind === 'publish' || isOfSaga(role, name))) return true;
  const isUpdate = effects.every(({ role }) => role.kind === 'write' && role.operation === 'update');
  return isUpdate && movesOn.test(calleeName(call.callee) ?? '');
}

function isOfSaga(role: Effect['role'], name: string): boolean {
  return role.kind === 'write' && /saga|outbox|progress|checkpoint/i.test(`${role.store ?? ''} ${name}`);
}

/** Whether a name says that something is only looked up. */
export function asks(name: string): boolean {
  return asking.test(spaced(name));
}

function deedAt(effect: Effect): Deed {
  const { file, at } = effect.via[0] ?? effect;
  return { file, at, name: effect.via[0]?.name ?? nameOf(effect) };
}

function nameOf({ role, name }: Effect): string {
  return (role.kind === 'remote' ? role.asks : undefined) ?? name;
}

/** The verb of the call; `fetch` itself says nothing of what it does. */
function nameSaid(effect: Effect): string {
  const name = (effect.via[0]?.name ?? nameOf(effect)).split('.').at(-1) ?? '';
  return name === 'fetch' ? '' : spaced(name);
}

function spaced(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_\-.:/]/g, ' ');
}
