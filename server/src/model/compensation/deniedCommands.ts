// Commands that a handler has others execute one after the other: each went through when the next fails, and the catch that says that all
// of it failed takes back some of them or none. `UpdateBalance` with `'DEBIT'` is taken back by the same with `'CREDIT'`.
import type { CallAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn, partsOf } from '../../facts/walk.ts';
import { mayFollow } from '../calls/order.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { wordsOf } from '../names/names.ts';
import { asks, saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { callsOfTry, denies, hasKey, isOnTheWay, tellsApart, type DeniedCharge } from './deniedCharges.ts';
import { takings } from './spokenHolds.ts';
import { isUndoing, undoes } from './undoing.ts';

/** Verbs of commands that take hold of something, or move money. */
const holding =
  /^(?:reserve|allocate|hold|charge|debit|credit(?!_?(?:card|note|check|score))|deduct|withdraw|deposit|book(?!mark)|capture|authori[sz]e|redeem|transfer)(?=[A-Z_-])/i;
/** What says in which direction a balance moves. */
const directions: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:debit|withdraw(?:al)?|subtract|decrease|out)$/i, /^(?:credit|deposit|add|increase|in|refund)$/i],
  [/^(?:credit|deposit|add|increase)$/i, /^(?:debit|withdraw(?:al)?|subtract|decrease)$/i],
];
const moving = /balance|wallet|account|stock|inventor|fund|ledger/i;
/** What says that it failed, as a command: `FailTransfer`. */
const failing = /^(?:fail|cancel|reject|decline|abort)(?=[A-Z_-])/i;
/** What takes back all that was done. */
const all = /^(?:compensate|roll_?back|undo)(?:All)?$/i;

interface Command {
  readonly action: CallAction;
  readonly name: string;
  /** `DEBIT`, where an argument says so. */
  readonly direction?: string;
}

/** All of them, once the workspace was read. */
export function deniedCommands(model: EventModel): readonly DeniedCharge[] {
  if (!model.isComplete) return [];
  return saidOfFiles(model, 'commands declared failed', (facts) => deniedIn(model, facts)).filter(
    (it) => !isGivenBackAnywhere(model, it),
  );
}

function deniedIn(model: EventModel, facts: FileFacts): readonly DeniedCharge[] {
  const { file } = facts;
  return facts.functions.flatMap((fact) => {
    const tries = actionsIn(fact.body).filter((it) => it.kind === 'try');
    if (fact.decorators.some((it) => /transaction/i.test(it.name))) return [];
    return tries.flatMap((it) => deniedBy(model, { file, fact }, it));
  });
}

function deniedBy(model: EventModel, fn: FunctionNode, tried: TryAction): readonly DeniedCharge[] {
  const calls = callsOfTry(tried.body);
  const commands = calls.flatMap((it) => commandOf(model, fn, it));
  const handler = tried.handler ?? [];
  const denied = callsIn(handler).find((it) => denies(it) || sendsFailure(model, fn, it));
  if (commands.length < 2 || !denied || tellsApart(handler)) return [];
  if (callsIn(fn.fact.body).some(({ roles }) => roles.some((it) => it.kind === 'transaction'))) return [];
  const backs = callsIn(fn.fact.body).filter((it) => !calls.includes(it));
  return commands.flatMap((command): readonly DeniedCharge[] => {
    if (!takesHold(command)) return [];
    const { action, name } = command;
    const next = commands.find(
      (it) =>
        mayFollow(tried.body, action.call.at.start, it.action.call.at.start) &&
        isOnTheWay(tried.body, it.action) &&
        !asks(it.name) &&
        !tellsSomebody(it.name),
    );
    if (!next || backs.some((it) => isTakenBackBy(model, fn, command, it))) return [];
    const [failure] = commandOf(model, fn, denied);
    const named = { command: name, nextCommand: next.name, ...(failure && { deniedBy: failure.name }) };
    return [{ file: fn.file, fn: fn.fact, charge: action, next: next.action, denied, ...named }];
  });
}

/** `commandBus.execute(new ReserveStock(…))`, awaited. */
function commandOf({ program }: EventModel, { file }: FunctionNode, action: CallAction): readonly Command[] {
  const role = action.roles.find((it) => it.kind === 'publish');
  if (role?.kind !== 'publish' || !role.isRequest || action.settled === 'dropped') return [];
  if (role.event.kind !== 'new' || hasKey(role.event)) return [];
  const name = commandNamed(program, file, role.event);
  const direction = textsIn(role.event, 3).find((it) => directions.some(([forth]) => forth.test(it)));
  return [{ action, name, ...(direction !== undefined && moving.test(name) && { direction }) }];
}

function takesHold({ name, direction }: Command): boolean {
  return direction !== undefined || (holding.test(name) && !isUndoing(name.replace(/^credit/i, '')));
}

function sendsFailure({ program }: EventModel, { file }: FunctionNode, { roles }: CallAction): boolean {
  const role = roles.find((it) => it.kind === 'publish');
  return role?.kind === 'publish' && failing.test(commandNamed(program, file, role.event));
}

/** The texts that a command is made with, and members of enums: `ChangeType.DEBIT`. */
function textsIn(expr: Expr, depth: number): readonly string[] {
  if (depth === 0) return [];
  if (expr.kind === 'string') return [expr.value];
  if (expr.kind === 'member' && /^[A-Z]/.test(expr.name)) return [expr.name];
  const parts = expr.kind === 'new' ? expr.args : partsOf(expr);
  return parts.flatMap((it) => textsIn(it, depth - 1));
}

/** Whether a call takes back what a command did: by the other direction, or by its name or that of what it runs. */
function isTakenBackBy(model: EventModel, fn: FunctionNode, command: Command, action: CallAction): boolean {
  const inside = model.program
    .calleesOf(fn.file, fn, action.call)
    .flatMap((callee) => reachedFrom(model, callee))
    .flatMap((it) => callsIn(it.fact.body).map((one) => ({ fn: it, action: one })));
  return [{ fn, action }, ...inside].some((it) => saysBack(model, it.fn, command, it.action));
}

function saysBack(model: EventModel, fn: FunctionNode, command: Command, action: CallAction): boolean {
  if (action.isNew || action.roles.some((it) => it.kind === 'log')) return false;
  const [back] = commandOf(model, fn, action);
  if (back?.direction !== undefined) return isOpposite(command, back.direction);
  if (back) return isBack(back.name, command) || isOpposite(command, wordsOf(back.name)[0] ?? '');
  const said = saidBy(action);
  return isBack(said, command) || all.test(said.split('.').at(-1) ?? said);
}

function isOpposite({ name, direction }: Command, back: string): boolean {
  const forth = direction ?? wordsOf(name)[0] ?? '';
  return directions.some(([does, undoesIt]) => does.test(forth) && undoesIt.test(back));
}

function isBack(back: string, { name, direction }: Command): boolean {
  const said = direction === undefined ? name : `${direction.toLowerCase()}_${name}`;
  return undoes(back, said);
}

/** A caller gives it back, or anybody else has what gives it back. */
function isGivenBackAnywhere(model: EventModel, { file, fn: fact, command = '' }: DeniedCharge): boolean {
  const fn = { file, fact };
  const callers = callersOf(model, fn).flatMap(({ caller }) => callsIn(caller.fact.body).map(saidBy));
  return [...callers, ...takings(model).map(({ what }) => what)].some(
    (it) => it !== '' && !/compensat/i.test(it) && undoes(it, command),
  );
}
