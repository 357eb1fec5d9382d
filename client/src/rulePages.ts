// The rules' pages are bundled, so that they open offline. A link to one comes back to this extension as a URI of the editor.
import { commands, env, Uri, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';

/** Where the pages lie, and how links name them. */
export interface RulePages {
  readonly folder: Uri;
  /** With a rule's id behind it: a link that opens the page. */
  readonly base: string;
}

/** The pages of this installation. VS Code's siblings have a scheme of their own, so it is asked for. */
export function pagesFrom(context: ExtensionContext): RulePages {
  return {
    folder: Uri.joinPath(context.extensionUri, 'docs', 'rules'),
    base: `${env.uriScheme}://${context.extension.id}/rules/`,
  };
}

/** Shows a rule's page as a preview. An id that no rule has says so: it may come from a stale link. */
export async function openRulePage(pages: RulePages, id: string): Promise<void> {
  const ids = await ruleIds(pages);
  if (!ids.includes(id)) {
    await window.showWarningMessage(`sagalint has no rule called “${id}”.`);
    return;
  }
  await commands.executeCommand('markdown.showPreview', Uri.joinPath(pages.folder, `${id}.md`));
}

/** The ids of all rules that have a page. */
export async function ruleIds(pages: RulePages): Promise<readonly string[]> {
  const entries = await workspace.fs.readDirectory(pages.folder);
  return entries.flatMap(([name]) => (name.endsWith('.md') ? [name.slice(0, -'.md'.length)] : [])).sort();
}

/**
 * What a diagnostic's link does when it is clicked in the editor. VS Code asks before it hands a URI of its own scheme
 * to an extension; a command of that extension it runs at once.
 */
export function linkInEditor(pages: RulePages, link: string): Uri {
  if (!link.startsWith(pages.base)) return Uri.parse(link);
  const argument = encodeURIComponent(JSON.stringify([link.slice(pages.base.length)]));
  return Uri.parse(`command:sagalint.explainRule?${argument}`);
}
