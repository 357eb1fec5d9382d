// The JSON report: a contract that others build on. Lines and columns count from 1.
import type { Finding } from '../../rules/rule.ts';
import { lineColumn, lineStarts, type FilePath } from '../../text.ts';
import type { Checked } from '../check.ts';

/** One object with all findings. */
export function jsonReport({ root, snapshot }: Checked): string {
  const starts = new Map<FilePath, readonly number[]>();
  const place = (file: FilePath, offset: number): { line: number; column: number } => {
    const known = starts.get(file) ?? lineStarts(snapshot.textOf(file) ?? '');
    starts.set(file, known);
    const { line, column } = lineColumn(known, offset);
    return { line: line + 1, column: column + 1 };
  };
  const findings = snapshot.findings.map((it) => asJson(it, root, place));
  return `${JSON.stringify({ version: 1, root, files: snapshot.files, findings }, null, 2)}\n`;
}

function asJson(
  finding: Finding,
  root: FilePath,
  place: (file: FilePath, offset: number) => { line: number; column: number },
): object {
  const start = place(finding.file, finding.at.start);
  const end = place(finding.file, finding.at.end);
  return {
    ruleId: finding.ruleId,
    severity: finding.severity,
    message: finding.message,
    help: finding.help,
    file: relative(finding.file, root),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    symbol: finding.symbol,
    related: finding.related.map((it) => ({
      file: relative(it.file, root),
      line: place(it.file, it.at.start).line,
      message: it.message,
    })),
    fixes: finding.fixes.map((it) => it.title),
  };
}

/** A path below the root, with forward slashes; others stay absolute. */
export function relative(file: FilePath, root: FilePath): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
