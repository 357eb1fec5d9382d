// The report for people: each finding with its place, the code, the reason, what to do, and the fixes on offer.
import { codeFrameColumns } from '@babel/code-frame';
import { createColors } from 'picocolors';
import type { Severity } from '../../rules/rule.ts';
import type { FilePath, LineColumn } from '../../text.ts';
import { printable, printableLine } from '../printable.ts';
import { placesIn, relative, type Checked, type PrintedFinding, type Seen } from './checked.ts';

type Colors = ReturnType<typeof createColors>;

interface Printing extends Checked {
  readonly colors: Colors;
  readonly place: (file: FilePath, offset: number) => LineColumn;
}

/** All findings and a summary; when `quiet`, advice is counted but not shown. */
export function textReport(checked: Checked, options: { color: boolean; quiet?: boolean }): string {
  const isWanted = process.stdout.isTTY === true || Boolean(process.env['FORCE_COLOR']);
  const isColored = options.color && isWanted && !process.env['NO_COLOR'];
  const printing = { ...checked, colors: createColors(isColored), place: placesIn(checked.linted) };
  const shown = checked.linted.findings.filter((it) => !options.quiet || it.severity !== 'info');
  return [...shown.map((it) => show(it, printing)), summary(printing)].join('\n');
}

function show(finding: PrintedFinding, printing: Printing): string {
  const { root, colors, place } = printing;
  const start = place(finding.file, finding.at.start);
  const head = printableLine(`${relative(finding.file, root)}:${start.line}:${start.column}`);
  const related = finding.related.map((it) => {
    return printableLine(`${relative(it.file, root)}:${place(it.file, it.at.start).line}: ${it.message}`);
  });
  return [
    `${colors.bold(head)}  ${named(finding.severity, colors)}  ${colors.dim(printableLine(finding.ruleId))}`,
    frame(finding, printing),
    `  ${printableLine(finding.message)}`,
    `  ${colors.cyan(printableLine(finding.help))}`,
    ...related.map((it) => `  ${colors.dim(it)}`),
    ...finding.fixes.map((it) => `  ${colors.green('fix:')} ${printableLine(it.title)}`),
    '',
  ].join('\n');
}

function frame({ file, at }: PrintedFinding, { linted, place, colors }: Printing): string {
  const text = linted.textOf(file) ?? '';
  const location = { start: place(file, at.start), end: place(file, at.end) };
  const options = { linesAbove: 1, linesBelow: 1, highlightCode: false };
  const lines = printable(codeFrameColumns(text, location, options));
  // A line of a bundle may be a megabyte long.
  return lines.replace(/^(.{200}).+$/gm, '$1…').replace(/^>.*$|^.*\^$/gm, (it) => colors.bold(it));
}

function named(severity: Severity, colors: Colors): string {
  if (severity === 'error') return colors.red('error');
  return severity === 'warning' ? colors.yellow('warning') : colors.blue('info');
}

function summary(printing: Printing): string {
  const { linted, seconds, colors } = printing;
  const { findings, seen, files, shown } = linted;
  const others = shown < files ? ` (${files} read)` : '';
  const count = (severity: Severity): number => findings.filter((it) => it.severity === severity).length;
  const counts = `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ${count('info')} info`;
  const parts = [
    plural(seen.events, 'event'),
    plural(seen.producers.all, 'producer'),
    plural(seen.consumers.all, 'consumer'),
    plural(seen.sagas, 'saga'),
  ];
  const found = `${plural(findings.length, 'finding')} (${counts}) in ${plural(shown, 'file')}${others}, ${seconds.toFixed(1)} s.`;
  return [
    colors.bold(found),
    `Seen: ${parts.join(', ')}. Not understood: ${unread(seen)}, ${plural(seen.gaps, 'other place')}.${which(seen)}`,
    ...(findings.length > 0 ? [hint] : []),
    ...skipped(printing),
    '',
  ].join('\n');
}

/** The last lines: of what was left out nothing can be said. */
function skipped({ linted, root }: Printing): readonly string[] {
  const files = linted.seen.skipped;
  if (files.length === 0) return [];
  const named = files
    .slice(0, 5)
    .map((it) => `  ${printableLine(`${relative(it.file, root)}: ${it.reason}`)}`);
  const more = files.length > named.length ? [`  and ${files.length - named.length} more`] : [];
  return [`Skipped: ${plural(files.length, 'file')}.`, ...named, ...more];
}

/** Where to see the event names that can't be read. */
function which({ unnamed }: Seen): string {
  return unnamed.length === 0 ? '' : ' `--format json` lists those names.';
}

/** Of those that name events; what only passes on what was stored names none. */
function unread({ producers, consumers, unnamed }: Seen): string {
  const all = producers.all - producers.relayed + consumers.all;
  return unnamed.length === 0 ? '0 event names' : `${unnamed.length} of ${plural(all, 'event name')}`;
}

const hint = `\`sagalint explain RULE\` tells why a finding matters. To see the same as squiggles with quick fixes, install the
sagalint extension in VS Code and open this folder.`;

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
