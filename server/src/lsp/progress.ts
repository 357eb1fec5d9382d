// Work-done progress: one at a time. A client that shows none is not bothered.
import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';
import type { Progress } from './folder.ts';

/** Shows how far the reading of the workspace is; `undefined` ends it. */
export function progressOn(
  connection: Connection,
  canShow: () => boolean,
): (done: Progress | undefined) => void {
  let shown: Promise<WorkDoneProgressServerReporter | undefined> | undefined;
  return (done) => {
    if (!done) {
      void shown?.then((it) => it?.done());
      shown = undefined;
      return;
    }
    if (!canShow()) return;
    shown ??= begin(connection);
    const percent = Math.round((100 * done.count) / Math.max(done.all, 1));
    void shown.then((it) => it?.report(percent, `${done.count} of ${done.all} files`));
  };
}

/** A client that refuses goes without. */
async function begin(connection: Connection): Promise<WorkDoneProgressServerReporter | undefined> {
  try {
    const reporter = await connection.window.createWorkDoneProgress();
    reporter.begin('sagalint', 0, 'reads the workspace');
    return reporter;
  } catch {
    return undefined;
  }
}
