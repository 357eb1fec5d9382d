// What a hover says, in words. What is unknown is said to be unknown, and never to be nobody.
import { metadataNames, type MetadataKind } from '../model/metadata/metadataKinds.ts';
import type { Place } from '../text.ts';
import type { EndView, EventHead, EventView, MetadataView, SiteView } from './eventView.ts';
import type { Hover } from './hover.ts';
import type { Block, Line, Piece } from './markup.ts';
import type { SagaView, StepView } from './sagaView.ts';

/** More of a kind are only counted. */
const most = { names: 3, sites: 5, events: 5, sagas: 2, steps: 20 } as const;

/** One event with all that is known of it, or of several which there are; then sagas with their steps. */
export function describeHover({ event, events, produced, sagas }: Hover): readonly Block[] {
  return [
    ...(event ? describeEvent(event) : listed(events, most.events, headOf)),
    ...(produced.length > 0 ? [line(text('Here is produced'))] : []),
    ...listed(produced, most.events, headOf),
    ...sagas.slice(0, most.sagas).flatMap(describeSaga),
  ];
}

function describeEvent(event: EventView): readonly Block[] {
  const { metadata, producers, consumers, failures } = event;
  return [
    line(...headOf(event)),
    ...(metadata ? [line(text(metadataText(metadata)))] : []),
    ...describeEnd(producers, { verb: 'Produced', noun: 'Producers' }),
    ...describeEnd(consumers, { verb: 'Consumed', noun: 'Consumers' }),
    ...(failures.length > 0 ? [line(text('Its failure is announced by '), ...failuresIn(failures))] : []),
  ];
}

/** Which event it is. */
function headOf({ name, wireNames, declaredAt }: EventHead): Line {
  return [
    strong('event'),
    text(' '),
    code(name),
    ...(wireNames.length > 0 ? [text(', on the wire '), ...namesOf(wireNames)] : []),
    ...(declaredAt ? [text(', declared in '), link(declaredAt)] : []),
  ];
}

function failuresIn(failures: EventView['failures']): Line {
  const shown = failures.slice(0, most.names).map((it) => [code(it.name), text(' in '), link(it)]);
  return joined(shown, failures.length);
}

function metadataText({ present, missing, isOpen }: MetadataView): string {
  const has = present.length > 0 ? [namesIn(present)] : [];
  const lacks = missing.length > 0 ? [`lacks ${namesIn(missing)}`] : [];
  const open = isOpen ? [has.length > 0 ? 'the rest is unknown' : 'unknown'] : [];
  return `Metadata: ${[...has, ...lacks, ...open].join('; ') || 'none'}.`;
}

function namesIn(kinds: readonly MetadataKind[]): string {
  const names = kinds.map((it) => metadataNames[it]);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function describeEnd(
  { answer, isComplete, sites }: EndView,
  { verb, noun }: { readonly verb: string; readonly noun: string },
): readonly Block[] {
  if (answer === 'no') return [line(text(`${verb} by nobody in this workspace.`))];
  const unread = isComplete ? 'some names of events cannot be read' : 'the workspace is still being read';
  if (answer === 'unknown') return [line(text(`${noun}: unknown, as ${unread}.`))];
  const head = isComplete ? `${verb} by` : `${verb} by, as far as the workspace is read`;
  return [line(text(head)), ...listed(sites, most.sites, siteLine)];
}

function siteLine(site: SiteView): Line {
  const service = site.service === '' ? [] : [text(' in '), code(site.service)];
  return [code(site.name), ...service, text(', '), link(site)];
}

function describeSaga({ name, steps, isElsewhere, ...place }: SagaView): readonly Block[] {
  const rows = steps.slice(0, most.steps).map(rowOf);
  const head = ['Step', 'Does', 'Taken back by'].map((it) => [text(it)]);
  const more = steps.length - rows.length;
  return [
    line(strong('saga'), text(' '), code(name), ...(isElsewhere ? [text(', in '), link(place)] : [])),
    ...(rows.length > 0 ? [{ kind: 'table' as const, rows: [head, ...rows] }] : []),
    ...(more > 0 ? [line(text(`and ${more} more`))] : []),
  ];
}

function rowOf(step: StepView): readonly Line[] {
  const pointer = step.isMeant ? [text('→ ')] : [];
  const mark = step.isPivot ? ' (pivot)' : step.isRetriable ? ' (retriable)' : '';
  return [
    [...pointer, code(step.name), text(mark)],
    step.deed === undefined ? [] : [code(step.deed)],
    undoingOf(step),
  ];
}

function undoingOf({ deed, compensation, undoing }: StepView): Line {
  if (undoing.length > 0) return namesOf(undoing);
  if (compensation !== 'no') return [text('unknown')];
  return deed === undefined ? [] : [text('nothing')];
}

function listed<Item>(items: readonly Item[], limit: number, lineOf: (item: Item) => Line): readonly Block[] {
  if (items.length === 0) return [];
  const more = items.length - limit;
  const rest = more > 0 ? [[text(`and ${more} more`)]] : [];
  return [{ kind: 'list', items: [...items.slice(0, limit).map(lineOf), ...rest] }];
}

function namesOf(names: readonly string[]): Line {
  const shown = names.slice(0, most.names).map((it) => [code(it)]);
  return joined(shown, names.length);
}

/** With commas between them, and the number of those that are left out. */
function joined(lines: readonly Line[], all: number): Line {
  const rest = all > lines.length ? [text(` and ${all - lines.length} more`)] : [];
  return [...lines.flatMap((it, index) => (index === 0 ? it : [text(', '), ...it])), ...rest];
}

function line(...pieces: Line): Block {
  return { kind: 'line', line: pieces };
}

function text(words: string): Piece {
  return { kind: 'text', text: words };
}

function strong(words: string): Piece {
  return { kind: 'strong', text: words };
}

function code(name: string): Piece {
  return { kind: 'code', text: name };
}

function link({ file, at }: Place): Piece {
  return { kind: 'link', to: { file, at } };
}
