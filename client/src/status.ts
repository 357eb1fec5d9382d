// One line in the editor's language status: what the server does, what it found, and how much it could not read.
import { Disposable, LanguageStatusSeverity, languages } from 'vscode';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';
import { documents } from './documents.ts';
import type { Session } from './session.ts';

/** Shows the session's status until it is disposed. */
export function showStatus(session: Session): Disposable {
  const item = languages.createLanguageStatusItem('sagalint.status', [...documents]);
  item.name = 'sagalint';
  item.command = { command: 'sagalint.showOutput', title: 'Show Output' };
  const show = (status: StatusParams | undefined) => Object.assign(item, lineOf(status));
  show(session.status);
  return Disposable.from(item, session.onStatus(show));
}

interface StatusLine {
  readonly text: string;
  readonly detail: string;
  readonly busy: boolean;
  readonly severity: LanguageStatusSeverity;
}

function lineOf(status: StatusParams | undefined): StatusLine {
  const line = { busy: false, severity: LanguageStatusSeverity.Information };
  if (status === undefined) return { ...line, text: 'sagalint is off', detail: '' };
  const { state, files, findings, unread, message } = status;
  if (state === 'indexing')
    return { ...line, text: 'sagalint reads the workspace', detail: message ?? '', busy: true };
  if (state === 'error')
    return {
      ...line,
      text: 'sagalint has failed',
      detail: message ?? '',
      severity: LanguageStatusSeverity.Error,
    };
  const read = unread === 0 ? '' : `, ${count(unread, 'event name')} not readable`;
  return {
    ...line,
    text: `sagalint: ${count(findings, 'finding')}`,
    detail: message ?? `${count(files, 'file')}${read}`,
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
