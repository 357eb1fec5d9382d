// The JSON report: a contract that others build on. Lines and columns count from 1.
import type { FilePath, LineColumn } from '../../text.ts';
import { placesIn, relative, type Checked, type PrintedFinding } from './checked.ts';

/** One object with all findings. */
export function jsonReport({ root, linted }: Checked): string {
  const place = placesIn(linted);
  const findings = linted.findings.map((it) => asJson(it, root, place));
  return `${JSON.stringify({ version: 1, root, files: linted.files, findings }, null, 2)}\n`;
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
