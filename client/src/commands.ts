// The commands, one a row. The manifest gives each its title.
import { window } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import { showFacts } from './facts.ts';
import { newSaga } from './newSaga.ts';
import { openRulePage, ruleIds } from './rulePages.ts';
import type { RulePages } from './rulePages.ts';
import type { Session } from './session.ts';

/** What a command may use. */
export interface CommandContext {
  readonly session: Session;
  readonly pages: RulePages;
  readonly output: LogOutputChannel;
}

export interface Command {
  readonly id: string;
  /** `argument` is untyped: keybindings and other extensions may pass anything. */
  readonly run: (context: CommandContext, argument: unknown) => Promise<void> | void;
}

/** All commands that the extension itself runs. */
export const commandTable: readonly Command[] = [
  { id: 'sagalint.restart', run: ({ session }) => session.restart() },
  { id: 'sagalint.explainRule', run: ({ pages }, argument) => explainRule(pages, argument) },
  { id: 'sagalint.showOutput', run: ({ output }) => output.show(true) },
  { id: 'sagalint.showFacts', run: () => showFacts() },
  { id: 'sagalint.newSaga', run: ({ session }, argument) => newSaga(session, argument) },
];

async function explainRule(pages: RulePages, argument: unknown): Promise<void> {
  const id = typeof argument === 'string' ? argument : await pickRule(pages);
  if (id !== undefined) await openRulePage(pages, id);
}

async function pickRule(pages: RulePages): Promise<string | undefined> {
  return window.showQuickPick(ruleIds(pages), { placeHolder: 'The rule to explain' });
}
