// What a reader is told of the name under the pointer: which event it is and who is at its other end, or how a saga goes back.
// A pure query; it knows nothing of findings, which the editor shows by itself.
import type { FileFacts } from '../facts/facts.ts';
import type { EventModel, EventNode } from '../model/model.ts';
import { eventKey } from '../model/names/names.ts';
import { touches, type FilePath, type Span } from '../text.ts';
import type { Asked } from './asked.ts';
import { eventHead, eventView, type EventHead, type EventView } from './eventView.ts';
import { placesOf, type Spot, type Subject } from './places.ts';
import { sagaView, type SagaView } from './sagaView.ts';
import { writtenAt, type Written } from './writtenAt.ts';

export interface Hover {
  /** The name that it speaks of. */
  readonly at: Span;
  readonly events: readonly EventHead[];
  /** All that is known of the event, where it is only one. */
  readonly event: EventView | undefined;
  /** What the consumer that is named there produces in its turn. */
  readonly produced: readonly EventHead[];
  readonly sagas: readonly SagaView[];
}

/** What is known of the name at an offset of a file; undefined where no event, saga or step is named there. */
export function hoverAt(asked: Asked, file: FilePath, offset: number): Hover | undefined {
  const facts = asked.model.files.get(file);
  const spots = facts ? spotsAt(asked.model, facts, offset) : [];
  const [first] = spots;
  if (!first) return undefined;
  const subjects = spots.map((it) => it.subject);
  const place = { file, at: first.at };
  const meant = eventsAmong(subjects, 'event');
  const produced = eventsAmong(subjects, 'produced');
  const events = meant.length > 0 ? meant : produced;
  const [only, ...others] = events;
  return {
    at: first.at,
    events: events.map((it) => eventHead(it, place)),
    event: only && others.length === 0 ? eventView(asked, only, place) : undefined,
    produced: events === produced ? [] : produced.map((it) => eventHead(it, place)),
    sagas: sagasAmong(subjects).map(sagaView),
  };
}

type EventSubject = Exclude<Subject, SagaSubject>;
type SagaSubject = Extract<Subject, { kind: 'saga' }>;

/** Two producers at one call may publish one event. */
function eventsAmong(subjects: readonly Subject[], kind: EventSubject['kind']): readonly EventSubject[] {
  const events = subjects.flatMap((it) => (it.kind !== 'saga' && it.kind === kind ? [it] : []));
  return [...new Map(events.map((it) => [it.event, it])).values()];
}

function sagasAmong(subjects: readonly Subject[]): readonly SagaSubject[] {
  const sagas = subjects.filter((it) => it.kind === 'saga');
  return [...new Map(sagas.map((it) => [it.saga, it])).values()];
}

function spotsAt(model: EventModel, facts: FileFacts, offset: number): readonly Spot[] {
  const { file } = facts;
  const own =
    placesOf(model)
      .spotsOf.get(file)
      ?.filter((it) => touches(it.at, offset)) ?? [];
  if (own.length > 0) return own;
  const written = writtenAt(facts, offset);
  if (!written) return [];
  return eventsNamed(model, file, written).map((event) => ({
    at: written.at,
    subject: { kind: 'event', event },
  }));
}

/** The events that a written name means: by their type, or by the text that it stands for. */
function eventsNamed(model: EventModel, file: FilePath, written: Written): readonly EventNode[] {
  const { program } = model;
  const { eventOf } = placesOf(model);
  const type = nameOfType(written);
  const node = type === undefined ? undefined : program.typeNamed(file, type);
  const typed = node && eventOf.get(node.fact);
  if (typed) return [typed];
  const text = written.kind === 'value' ? program.stringOf(file, written.expr) : undefined;
  return text === undefined ? [] : eventsCalled(model, file, text);
}

function nameOfType(written: Written): string | undefined {
  if (written.kind === 'type') return written.name;
  const { expr } = written;
  const callee = expr.kind === 'new' ? expr.callee : expr;
  return callee.kind === 'name' ? callee.name : undefined;
}

/**
 * On a channel several events may travel: the one that bears its name is meant first. A single word (`created`) means an event only
 * where such events come or go.
 */
function eventsCalled(model: EventModel, file: FilePath, text: string): readonly EventNode[] {
  const key = eventKey(text);
  const all = [...(placesOf(model).eventsCalled.get(text) ?? [])];
  const own = all.filter((it) => it.key === key);
  const events = own.length > 0 ? own : all;
  if (key.includes(' ')) return events;
  return events.filter(({ producers, consumers }) =>
    [...producers, ...consumers].some((it) => it.file === file),
  );
}
