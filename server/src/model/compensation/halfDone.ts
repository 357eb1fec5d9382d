// Work that one function does in two services, one after the other: an account is stored here and its wallet made over there, or a cart
// is emptied over there and the order stored here. When the second part fails the caller is told so, or nobody is, and the first stays.
import type { CallAction, IfAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { isOfPage } from '../../facts/pagePackages.ts';
import { actionsIn, callsIn, givenLater, partsOf } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { mayFollow, standsIn } from '../calls/order.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { wordsOf } from '../names/names.ts';
import { asks, keepsNotes, saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { isCommand } from '../sagas/sagaSigns.ts';
import { effectsOf, isRunAgain } from './abandonedHolds.ts';
import { hasKey, isOnTheWay } from './deniedCharges.ts';
import { isLeftAfter } from './leftAfter.ts';
import type { Part } from './seenTo.ts';
import { isHandedTransaction } from './surroundings.ts';
import { isUndoing } from './undoing.ts';

/** What was done first and stays, and what fails after it. */
export interface HalfDone {
  readonly file: FilePath;
  readonly fn: FunctionNode['fact'];
  readonly first: Part;
  readonly next: Part;
}

/** Verbs of what is made anew each time that it is asked for, and of what is gone then. */
const making =
  /^(?:create|add|register|insert|open|issue|provision|place|reserve|allocate|assign|deduct|decrement|decrease|reduce|charge|debit|redeem|consume)$/;
const wiping = /^(?:clear|empty|remove|delete|wipe)$/;
/** Those and what may be repeated, yet has to happen. */
const changing =
  /^(?:change|set|save|store|upsert|link|attach|apply|append|increment|increase|credit|grant|enroll|enrol|activate|initiali[sz]e|init|setup|pay|confirm|transfer|ship|mark)$/;
/** Verbs of whatever there is: they change something that counts only where the words around them say so. */
const wide = /^(?:process|update|schedule|approve)$/;
const weighty =
  /^(?:payments?|payouts?|money|funds?|amounts?|balances?|wallets?|credits?|charges?|stocks?|inventor(?:y|ies)|quantit(?:y|ies)|bookings?|reservations?|seats?|tickets?|enroll?ments?)$/;
/** What costs and holds nothing: it is worked out of what is there, and asked for again. */
const workedOut =
  /^(?:uploads?|urls?|signed|presigned|previews?|thumbnails?|predict(?:ions?)?|pdfs?|documents?|completions?|quotes?|estimates?|scor(?:es?|ing)|ocr|render|translat(?:e|ions?)|geo(?:code)?)$/;
/** Whatever of it is missing is made again, or missed by nobody. */
const noting =
  /(?<![a-z])log(?:s|ger)?(?![a-z])|audit|metric|analytic|track|search|index|cache|notif|webhook|mail|noti(?![a-z])|sms|push|activity|history|stat(?:s|istics)|event|feed|socket|telemetry|embed|vector|login|session|token|otp/i;
/** What is made at a payment provider and costs nobody anything. */
const preparing = /customer|intent|session|product|price|account|link|method|token/i;
/** `order.save()`: a row that may have been there before, unless whoever does it says that something is taken or made. */
const loaded =
  /^(?!.*(?:repo|model|dao|store|manager|collection|prisma|(?<![a-z])db(?![a-z])|new |build)).*\.save$/i;
const taking = /^(?:create|add|place|register|open|accept|approve|assign|claim|reserve|book)$/;
/** Done again it finds what is there. */
const foundOrMade = /or_?(?:create|add|insert|make|save)|ensure|upsert|if_?not|unless/i;
const finding = /(?:^|\.)(?:get|find|fetch|load|resolve|obtain)[A-Z_]\w*$/;
/** Whoever starts a script looks on, and starts with an empty database. */
const scripts = /(?:^|[/._-])(?:seed(?:s|er|ers|ing)?|scripts?|migrations?|fixtures?)(?:[/._-]|$)/i;
const starting = /^(?:main|bootstrap|seed|populate)(?![a-z])/;

/** All of them, once the workspace was read: somebody may see to it elsewhere. */
export function halfDone(model: EventModel): readonly HalfDone[] {
  if (!model.isComplete) return [];
  const found = saidOfFiles(model, 'work that is left half done', (facts) => halfDoneIn(model, facts));
  const left = found.filter(({ file, fn: fact, first, next }) => {
    const fn = { file, fact };
    // Of a saga each step is asked about by itself.
    return !isSaga(model, fn) && isLeftAfter(model, fn, first, next);
  });
  return nearestOf(left);
}

/** A function and its caller speak of the same row: who stores it says so. */
function nearestOf(found: readonly HalfDone[]): readonly HalfDone[] {
  const depths = new Map<string, number>();
  const keyOf = ({ first: { effect } }: HalfDone): string => `${effect.file} ${effect.at.start}`;
  for (const it of found)
    depths.set(keyOf(it), Math.min(depths.get(keyOf(it)) ?? Infinity, it.first.effect.via.length));
  return found.filter((it) => depths.get(keyOf(it)) === it.first.effect.via.length);
}

function halfDoneIn(model: EventModel, facts: FileFacts): readonly HalfDone[] {
  if (isOfPage(facts) || model.isOfScreen(facts.file)) return [];
  return facts.functions.flatMap((fact) => {
    const fn = { file: facts.file, fact };
    if (isRunAgain(facts, fact) || isScript(fn)) return [];
    const { effects } = model.bodyOf(fn);
    if (!effects.some(({ role }) => role.kind === 'publish' || role.kind === 'remote')) return [];
    const parts = callsIn(fact.body).flatMap((it) => partOf(model, it, effects));
    return pairIn(model, fn, parts).map(([first, next]) => ({ file: fn.file, fn: fact, first, next }));
  });
}

function isScript({ file, fact: { kind, name } }: FunctionNode): boolean {
  return kind === 'module' || starting.test(name) || scripts.test(file);
}

function isSaga({ sagas }: EventModel, { file, fact: { id } }: FunctionNode): boolean {
  return sagas.some((it) => it.file === file && it.fact.function === id);
}

/** The first part that stays, and the next one, of which another service does at least one. */
function pairIn(
  model: EventModel,
  { file, fact }: FunctionNode,
  parts: readonly Part[],
): readonly (readonly [Part, Part])[] {
  const { body } = fact;
  const facts = model.files.get(file);
  const isHanded = facts !== undefined && isHandedTransaction(facts, fact);
  for (const first of parts) {
    if (!stays(first) || (first.kind === 'row' && (isHanded || isFoundOrMade(model, first)))) continue;
    const next = parts.find(
      (it) =>
        it !== first &&
        (it.kind === 'asked' || first.kind === 'asked') &&
        mayFollow(body, first.action.call.at.start, it.action.call.at.start) &&
        isOnTheWay(body, it.action) &&
        isWaitedFor(it) &&
        isOfOther(first, it),
    );
    if (next) return [[first, next]];
  }
  return [];
}

/** What one call leads to counts once. */
function partOf({ program }: EventModel, action: CallAction, effects: readonly Effect[]): readonly Part[] {
  if (action.isNew || action.call.args.some(hasKey)) return [];
  const own = effectsOf(action, effects).filter((it) => !it.runs && !it.inCatch);
  const asked = own.filter(isAsked);
  const rows = own.filter(({ role }) => role.kind === 'write');
  if (asked.length > 0 && rows.length > 0) return [];
  for (const effect of asked) {
    const { role, file } = effect;
    const command = role.kind === 'publish' ? commandSaid(program, file, role.event) : undefined;
    const name = command ?? saidBy(action);
    const said = { action, name, effect, ...(command !== undefined && { command }) };
    if (saysChange(name, role) && !isWorkedOut(effect)) return [{ kind: 'asked', ...said }];
  }
  const row = rows.find(isRow);
  return row ? [{ action, kind: 'row', name: saidBy(action), effect: row }] : [];
}

/** A request over a broker, or over HTTP or RPC, that changes something there. */
function isAsked(effect: Effect): boolean {
  const { role, name } = effect;
  if (role.kind === 'publish') return isCommand(effect) && role.transport === 'broker' && !role.isJournaled;
  if (role.kind !== 'remote' || role.isRead || role.idempotencyKey !== undefined) return false;
  if (role.what === 'payment') return !preparing.test(name);
  return role.what === 'http' || role.what === 'rpc';
}

function saysChange(name: string, { kind }: Effect['role']): boolean {
  if (asks(name) || tellsSomebody(name) || noting.test(name)) return false;
  if (isUndoing(name) && !saysOneOf(wiping, name)) return false;
  if (saysOneOf(workedOut, name)) return false;
  return [making, wiping, changing].some((it) => saysOneOf(it, name)) || changesMuch(wordsOf(name), kind);
}

/** `update-stock`, `payments.process`, and not `order.process_total`. A command that has something updated is sent for it alone. */
function changesMuch(words: readonly string[], kind: Effect['role']['kind']): boolean {
  const isMuch = (it: string, index: number): boolean =>
    (it === 'update' && kind === 'publish') ||
    words.slice(Math.max(0, index - 2), index + 3).some((word) => weighty.test(word));
  return words.some((it, index) => wide.test(it) && isMuch(it, index));
}

/** A client of one's own says less than the address that it asks: `reports.create` for `POST /render`. */
function isWorkedOut({ role, name }: Effect): boolean {
  return saysOneOf(workedOut, (role.kind === 'remote' ? role.asks : undefined) ?? name);
}

function saysOneOf(verbs: RegExp, name: string): boolean {
  return wordsOf(name).some((it) => verbs.test(it));
}

/** A row of one's own that is made anew, and is no note. */
export function isRow({ role, name, via }: Effect): boolean {
  if (role.kind !== 'write' || role.operation !== 'insert' || role.isConditional) return false;
  const names = [role.store ?? '', name, ...via.map((it) => it.name)];
  if (names.some((it) => noting.test(it) || keepsNotes(`${it}.`))) return false;
  if (names.some((it) => foundOrMade.test(it) || finding.test(it))) return false;
  return !loaded.test(name) || names.some((it) => saysOneOf(taking, it.split('.').at(-1) ?? ''));
}

/** Made anew each time, or gone: what is merely set is set again by who tries once more. */
function stays({ kind, name, action, effect: { role } }: Part): boolean {
  if (action.settled === 'collected') return false;
  // `axios.delete('/users/7')` may be said again.
  if (role.kind === 'remote' && role.what === 'http' && /(?:^|\.)delete$/.test(role.asks ?? '')) return false;
  return kind === 'row' ? action.settled !== 'dropped' : saysOneOf(making, name) || saysOneOf(wiping, name);
}

/** `if (!existing) await profiles.create(…)`, `(await profiles.find(id)) ?? (await profiles.create(…))`: who tries once more finds the row. */
function isFoundOrMade({ files }: EventModel, { effect }: Part): boolean {
  return [effect, ...effect.via].some(({ file, at: { start } }) => {
    const facts = files.get(file);
    const around = facts?.functions.filter(({ span }) => span.start <= start && start < span.end) ?? [];
    const branches = around.flatMap(({ body }) => actionsIn(body)).filter((it) => it.kind === 'if');
    return (
      facts !== undefined &&
      (branches.some((it) => isWhereMissing(facts, it, start)) ||
        facts.bindings.some(({ init }) => isOtherwise(init, start)))
    );
  });
}

function isWhereMissing(facts: FileFacts, { condition, then, otherwise }: IfAction, start: number): boolean {
  const isNot = condition.kind === 'operation' && /^(?:!|={2,3})$/.test(condition.operator);
  if (!standsIn(isNot ? then : otherwise, start)) return false;
  const asked = condition.kind === 'operation' ? condition.of : [condition];
  return asked.some((it) => {
    const looked = it.kind === 'member' && it.name === 'length' ? it.object : it;
    if (looked.kind === 'call') return looksUp(looked);
    if (looked.kind !== 'name' || looked.binding === undefined) return false;
    return looksUp(facts.bindings[looked.binding]?.init ?? givenLater(facts, looked.binding));
  });
}

function isOtherwise(init: Expr | undefined, start: number): boolean {
  if (init?.kind !== 'choice' || init.at.start > start || start >= init.at.end) return false;
  const [found, ...made] = init.of;
  return looksUp(found) && made.some((it) => it.kind !== 'function' && holdsCallAt(it, start));
}

function holdsCallAt(expr: Expr, start: number): boolean {
  return (
    (expr.kind === 'call' && expr.at.start === start) || partsOf(expr).some((it) => holdsCallAt(it, start))
  );
}

/** A query, however long its chain: `db.select().from(profiles).where(…)`. */
function looksUp(expr: Expr | undefined): boolean {
  return expr?.kind === 'call' || expr?.kind === 'member'
    ? /(?:^|\.)_?(?:find|get|load|fetch|select|exists?|count|query|look_?up|first)(?![a-z])/.test(
        pathOf(expr),
      )
    : false;
}

/** An observable that is kept is subscribed to later. */
function isWaitedFor({ action: { settled }, kind, effect: { role } }: Part): boolean {
  if (settled === 'awaited' || settled === 'returned') return true;
  const isObservable = role.kind === 'publish' && role.gives === 'observable';
  return kind === 'asked' && (settled === 'handled' || (settled === 'collected' && isObservable));
}

/** Two requests to one party may be one piece of work to it. */
function isOfOther(first: Part, next: Part): boolean {
  if (first.kind !== next.kind) return true;
  // What is thrown away is thrown away by who tries once more.
  if (saysOneOf(wiping, first.name) && saysOneOf(wiping, next.name)) return false;
  return partyOf(first) !== partyOf(next);
}

function partyOf({ effect: { name }, action }: Part): string {
  const path = name.includes('.') ? name : (calleeName(action.call.callee) ?? '');
  return path.slice(0, path.lastIndexOf('.'));
}
