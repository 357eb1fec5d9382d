// The report for people: each finding with its place, the code, the reason, what to do, and the fixes on offer.
import { codeFrameColumns } from '@babel/code-frame';
import { createColors } from 'picocolors';
import type { Finding, Severity } from '../../rules/rule.ts';
import { lineColumn, lineStarts, type FilePath } from '../../text.ts';
import type { Checked } from '../check.ts';
import { relative } from './json.ts';

type Colors = ReturnType<typeof createColors>;

/** All findings and a summary. */
export async function textReport(checked: Checked, wantsColor: boolean): Promise<string> {
  const isTty = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const colors = createColors(wantsColor && (isTty || Boolean(process.env['FORCE_COLOR'])));
  const findings = checked.snapshot.findings.map((it) => shown(it, checked, colors));
  return [...findings, summary(checked, colors)].join('\n');
}

function shown(finding: Finding, checked: Checked, colors: Colors): string {
  const text = checked.snapshot.textOf(finding.file) ?? '';
  const starts = lineStarts(text);
  const start = lineColumn(starts, finding.at.start);
  const end = lineColumn(starts, finding.at.end);
  const place = `${relative(finding.file, checked.root)}:${start.line + 1}:${start.column + 1}`;
  const frame = codeFrameColumns(
    text,
    { start: { line: start.line + 1, column: start.column + 1 }, end: { line: end.line + 1, column: end.column + 1 } },
    { linesAbove: 1, linesBelow: 1, highlightCode: false },
  );
  return [
    `${colors.bold(place)}  ${severityIn(finding.severity, colors)}  ${colors.dim(finding.ruleId)}`,
    frame,
    `  ${finding.message}`,
    `  ${colors.cyan(finding.help)}`,
    ...finding.related.map((it) => `  ${colors.dim(`${placeOf(it.file, it.at.start, checked)}: ${it.message}`)}`),
    ...finding.fixes.map((it) => `  ${colors.green('fix')} ${it.title}`),
    '',
  ].join('\n');
}

function placeOf(file: FilePath, offset: number, checked: Checked): string {
  const { line } = lineColumn(lineStarts(checked.snapshot.textOf(file) ?? ''), offset);
  return `${relative(file, checked.root)}:${line + 1}`;
}

function severityIn(severity: Severity, colors: Colors): string {
  if (severity === 'error') return colors.red('error');
  return severity === 'warning' ? colors.yellow('warning') : colors.blue('info');
}

function summary({ snapshot, seconds }: Checked, colors: Colors): string {
  const count = (severity: Severity): number => snapshot.findings.filter((it) => it.severity === severity).length;
  const counts = [plural(count('error'), 'error'), plural(count('warning'), 'warning'), `${count('info')} info`].join(', ');
  const gaps = [...snapshot.model.files.values()].reduce((sum, it) => sum + it.gaps.length, 0);
  const { events, producers, consumers, sagas, unread } = snapshot.model;
  const seen = [plural(events.length, 'event'), plural(producers.length, 'producer'), plural(consumers.length, 'consumer'), plural(sagas.length, 'saga')];
  return [
    colors.bold(`${plural(snapshot.findings.length, 'finding')} (${counts}) in ${plural(snapshot.files, 'file')}, ${seconds.toFixed(1)} s.`),
    `Seen: ${seen.join(', ')}. Not understood: ${plural(unread.length, 'event name')}, ${plural(gaps, 'other place')}.`,
    ...(snapshot.findings.length > 0 ? ['`sagalint explain RULE` tells more. In VS Code the same findings are squiggles with quick fixes: install the sagalint extension and open this folder.'] : []),
    '',
  ].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
