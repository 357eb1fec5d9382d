// The JSON report: a contract that others build on. Lines and columns count from 1.
import type { FilePath, LineColumn } from '../../text.ts';
import { printable } from '../printable.ts';
import { placesIn, relative, type Checked, type PrintedFinding, type Seen } from './checked.ts';

/** One object with all findings. */
export function jsonReport({ root, linted }: Checked): string {
  const place = placesIn(linted);
  const findings = linted.findings.map((it) => asJson(it, root, place));
  const sites = sitesOf(linted.seen, root, place);
  // In JSON such signs stand in texts alone, where they may be spelled out like this.
  return `${printable(JSON.stringify({ version: 1, root, files: linted.files, findings, sites }, null, 2))}\n`;
}

/** How many producers and consumers there are, how many of them name their event, and which do not. */
function sitesOf(
  { producers, consumers, unnamed }: Seen,
  root: FilePath,
  place: (file: FilePath, offset: number) => LineColumn,
): object {
  const places = unnamed.map(({ end, file, at, name }) => ({
    end,
    file: relative(file, root),
    ...place(file, at.start),
    symbol: name,
  }));
  return { producers, consumers, unnamed: places };
}

function asJson(
  finding: PrintedFinding,
  root: FilePath,
  place: (file: FilePath, offset: number) => LineColumn,
): object {
  const { ruleId, severity, message, help, file, at, symbol } = finding;
  const start = place(file, at.start);
  const end = place(file, at.end);
  return {
    ruleId,
    severity,
    message,
    help,
    file: relative(file, root),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    symbol,
    related: finding.related.map((it) => ({
      file: relative(it.file, root),
      line: place(it.file, it.at.start).line,
      message: it.message,
    })),
    fixes: finding.fixes.map((it) => it.title),
  };
}
