// `npm run screenshot`: the example in the real editor, with squiggles and the Problems panel, to docs/images/editor.png.
//   node test/vscode/screenshot.mjs [--vsix FILE] [--file FILE] [--line N] [--out FILE]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { packageExtension } from './packageExtension.mjs';
import { installExtension, startVSCode } from './vscodeWeb.mjs';

const { values } = parseArgs({
  options: {
    vsix: { type: 'string' },
    file: { type: 'string', default: 'services/order/src/place-order.saga.ts' },
    line: { type: 'string', default: '44' },
    out: { type: 'string', default: join(root, 'docs/images/editor.png') },
  },
});

// A calm picture: nothing but code, squiggles and problems.
const userSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  'editor.fontSize': 14,
  'editor.inlayHints.enabled': 'off',
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
  'problems.defaultViewMode': 'tree',
};

const vsix = values.vsix ?? (await packageExtension());
const folder = mkdtempSync(join(tmpdir(), 'sagalint-picture-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const extensionsDir = join(folder, 'extensions');
installExtension(vsix, extensionsDir);
const example = join(root, 'examples/happy-path-shop');
const viewport = { width: 1280, height: 860 };
const vscode = await startVSCode({ extensionsDir, userSettings, viewport });
try {
  await arrange(vscode.page);
  await save(values.out);
} catch (error) {
  await save(join(root, '.vscode-test/failure.png'));
  throw error;
} finally {
  await vscode.close();
}

async function arrange(page) {
  page.setDefaultTimeout(60_000);
  await vscode.open(example, [['openFile', join(example, values.file)]]);
  await page.locator('.monaco-editor .view-line').first().waitFor();
  // No click: with the mouse over a word VS Code may show a link.
  await page
    .locator('.monaco-editor .native-edit-context, .monaco-editor textarea.inputarea')
    .first()
    .focus();
  await goToLine(page, values.line);
  await page
    .locator('.monaco-editor :is(.squiggly-error, .squiggly-warning)')
    .first()
    .waitFor({ state: 'attached' });
  // Without the side bar the messages fit.
  await page.keyboard.press('Control+B');
  await page.keyboard.press('Control+Shift+M');
  await page.locator('.markers-panel .monaco-list-row .marker-icon').first().waitFor();
  await page.keyboard.press('Control+1');
  await untilQuiet(page);
}

async function save(path) {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  await vscode.page.screenshot({ path });
  console.log(`The picture is in ${resolve(path)}`);
}

async function goToLine(page, line) {
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget input').waitFor();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** TypeScript starts slowly and says so in the status bar; two seconds without a word are taken for the end. */
async function untilQuiet(page) {
  const busy = page.locator('.statusbar-item', { hasText: /Analyzing|Initializing|reads the workspace/ });
  const end = Date.now() + 30_000;
  for (let quiet = 0; quiet < 20 && Date.now() < end;) {
    quiet = (await busy.count()) === 0 ? quiet + 1 : 0;
    await page.waitForTimeout(100);
  }
}
