// Sagas whose steps are rows of a table: each names the message by which whoever runs them asks a service, and somebody waits for
// the reply. Where no deadline is in sight, the first row that changes something stands for all: what runs them is mended once.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { doingKeys, placeNameOf, sagaName } from '../../facts/sagaWords.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import type { FilePath, Place, Span } from '../../text.ts';
import { sharesSubject } from '../compensation/undoing.ts';
import { pathOf } from '../effects/effects.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, EventNode } from '../model.ts';
import { eventKey } from '../names/names.ts';
import { importersOf } from '../resolution/importers.ts';
import { asks } from './deeds.ts';
import { answers } from './replies.ts';
import { deadline, hasDeadline, sweepsIn, speaksOfDeadline } from './replyLimits.ts';

export interface TableWait extends Place {
  /** The step, as its row calls it. */
  readonly step: string;
  readonly saga: string;
  readonly sent: string;
  readonly replies: readonly EventNode[];
}

interface Row {
  readonly at: Span;
  readonly name: string;
  /** The message that asks for it. */
  readonly sent: string;
  /** It names how long it may take. */
  readonly isLimited: boolean;
  /** The message that answers, where the row says it. */
  readonly reply?: string;
}

interface Table {
  readonly file: FilePath;
  readonly name: string;
  readonly rows: readonly Row[];
}

const labels = /^(?:name|id|step|stepName|key|label|title)$/;
const sending =
  /^(?:event|command|topic|message|queue|pattern|routingKey|(?:command|request|event|message)(?:Type|Name|Topic|Queue|Pattern|Event))$/;
const replying =
  /^(?:reply|success|result|response|complet\w+|done|on(?:Success|Reply|Result))(?:Event|Topic|Pattern|Queue|Type|Name)?$/;
const telling = /(?:^| )(?:result|reply|response|completed|done|success|succeeded|ack|finished)(?: |$)/;

/** One for each saga of that form that waits for replies without a limit. */
export function tableWaits(model: EventModel): readonly TableWait[] {
  if (!model.isComplete) return [];
  const tables = saidOfFiles(model, 'sagas in tables', (facts) => tablesIn(model, facts));
  return tables.flatMap((it) => waitIn(model, it) ?? []);
}

function waitIn(model: EventModel, table: Table): TableWait | undefined {
  const { file, name, rows } = table;
  const service = model.serviceOf(file);
  const consumers = model.consumers.filter((it) => model.serviceOf(it.file) === service);
  const isSending = model.producers.some(
    (it) => it.role.transport === 'broker' && model.serviceOf(it.file) === service,
  );
  const events = [...new Set(consumers.flatMap((it) => it.events))];
  const waiting = rows.flatMap((row) => {
    const replies = events.filter((it) => answersRow(it, row));
    return replies.length > 0 ? [{ row, replies }] : [];
  });
  if (!isSending || waiting.length < 2) return undefined;
  const goesOn = consumers.filter((it) =>
    waiting.some(({ replies }) => it.events.some((one) => replies.includes(one))),
  );
  const isEnded = endingOf(model, table, consumers, goesOn);
  const found = waiting.find(({ row }) => !asks(row.name) && !isEnded(row));
  if (!found) return undefined;
  const { row, replies } = found;
  return { file, at: row.at, step: row.name, saga: name, sent: row.sent, replies };
}

/** Whether the wait of a row is ended: by what speaks of a time beside the saga, or by a message that comes when one is over. */
function endingOf(
  model: EventModel,
  { file, name, rows }: Table,
  consumers: readonly ConsumerNode[],
  goesOn: readonly ConsumerNode[],
): (row: Row) => boolean {
  const runners = importersOf(model, name).filter((it) => model.serviceOf(it) === model.serviceOf(file));
  const files = [file, ...runners, ...goesOn.flatMap(({ handler }) => (handler ? [handler.file] : []))];
  const told = consumers.map(subjectOf).filter((it) => deadline.test(it));
  const ends = [...told, ...sweepsIn(model, model.serviceOf(file))].map(withoutDeadline);
  // A deadline for the payment ends no other step.
  const isForAll = ends.some(
    (it) => sharesSubject(it, name) || !rows.some((row) => sharesSubject(it, row.name)),
  );
  if (isForAll || files.some((it) => isLimitedIn(model, it)) || runners.some((it) => startsTimer(model, it)))
    return () => true;
  return (row) => row.isLimited || ends.some((it) => sharesSubject(it, row.name));
}

function isLimitedIn(model: EventModel, file: FilePath): boolean {
  const facts = model.files.get(file);
  return facts !== undefined && speaksOfDeadline(facts);
}

/** `setTimeout(() => giveUp(sagaId), 30_000)` beside what runs the steps. */
function startsTimer(model: EventModel, file: FilePath): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  return functions.some(({ body }) =>
    callsIn(body).some(
      ({ call }) => pathOf(call.callee) === 'setTimeout' && call.args[0]?.kind === 'function',
    ),
  );
}

/** By what a consumer is called, and what it stands in. */
function subjectOf({ file, name, handler, events }: ConsumerNode): string {
  const place = file.slice(file.lastIndexOf('/') + 1).replace(/\.[cm]?tsx?$/, '');
  const names = [name, handler?.fact.owner ?? '', place, ...events.map((it) => it.name)];
  return names.filter((it) => deadline.test(it)).join('_');
}

/** `payment` of `handlePaymentTimeout`. */
function withoutDeadline(name: string): string {
  return name.replace(new RegExp(deadline, 'gi'), ' ').replace(/\W+/g, '_');
}

/** `saga.result.reserve-stock` answers `saga.reserve-stock`; a row may name its reply. */
function answersRow({ name }: EventNode, { sent, reply }: Row): boolean {
  const key = eventKey(name);
  if (reply !== undefined) return key === eventKey(reply);
  if (key === eventKey(sent)) return false;
  const words = new Set(key.split(' '));
  const isSame = eventKey(sent)
    .split(' ')
    .every((it) => words.has(it));
  return (isSame && telling.test(key)) || answers(name, sent);
}

function tablesIn(model: EventModel, facts: FileFacts): readonly Table[] {
  return heldIn(facts).flatMap(({ name, expr }) => {
    if (!sagaName.test(`${name} ${placeNameOf(facts.file)}`)) return [];
    const rows = arraysIn(expr).flatMap((items) => rowsOf(model, facts, items));
    return rows.length > 1 ? [{ file: facts.file, name, rows }] : [];
  });
}

interface Held {
  readonly name: string;
  readonly expr: Expr;
}

/** What constants and fields hold, and what functions make. */
function heldIn({ bindings, types, functions }: FileFacts): readonly Held[] {
  const members = types.flatMap((type) => type.members.map((it) => ({ name: type.name, expr: it.init })));
  const constants = bindings.map((it) => ({ name: it.name, expr: it.init }));
  const made = functions.flatMap((fn) =>
    actionsIn(fn.body)
      .flatMap((it) => (it.kind === 'return' ? exprsOf(it) : []))
      .map((expr) => ({ name: fn.name, expr })),
  );
  return [...constants, ...members, ...made].flatMap(({ name, expr }) => (expr ? [{ name, expr }] : []));
}

/** The lists of objects in an expression, in the order in which they stand. */
function arraysIn(expr: Expr): readonly (readonly ObjectExpr[])[] {
  const objects = expr.kind === 'array' ? expr.items.filter((it) => it.kind === 'object') : [];
  return [...(objects.length > 0 ? [objects] : []), ...partsOf(expr).flatMap(arraysIn)];
}

function rowsOf({ program }: EventModel, { file }: FileFacts, items: readonly ObjectExpr[]): readonly Row[] {
  return items.flatMap((it) => {
    const { entries } = it;
    const textOf = (keys: RegExp): string | undefined => {
      const found = entries.find((it) => keys.test(it.key) && it.value.kind !== 'function');
      return found && program.stringOf(file, found.value);
    };
    const label = entries.find((it) => labels.test(it.key))?.value;
    const sent = textOf(sending);
    const reply = textOf(replying);
    const isRun = entries.some((it) => doingKeys.includes(it.key) && it.value.kind === 'function');
    if (!label || sent === undefined || isRun) return [];
    const name = label.kind === 'string' ? label.value : (pathOf(label).split('.').at(-1) ?? '');
    return [{ at: label.at, name, sent, isLimited: hasDeadline(it), ...(reply !== undefined && { reply }) }];
  });
}
