// What the tests share: the opened example, its findings, and how it comes back to its first state after a test.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as vscode from 'vscode';

/** The example's folder on the disk. */
export const shop = vscode.workspace.workspaceFolders[0].uri.fsPath;

/** The installed extension under test. */
export const extension = vscode.extensions.getExtension('sagalint.sagalint');

/** Resolves when the workspace is linted; gives what the extension offers to others. */
export async function ready() {
  const api = await extension.activate();
  await until('the first lint of the workspace', () => api.status()?.state === 'ready');
  return api;
}

/** The findings that VS Code shows now, as `file`, `rule` and diagnostic. `file` is relative to the example. */
export function findings({ rule, file } = {}) {
  const all = vscode.languages
    .getDiagnostics()
    .flatMap(([uri, diagnostics]) => diagnostics.map((diagnostic) => describe(uri, diagnostic)));
  return all.filter((it) => {
    return it.source === 'sagalint' && (!rule || it.rule === rule) && (!file || it.file === file);
  });
}

/** Waits for the finding of a rule whose underlined text is `symbol` (quotes aside). */
export async function finding({ rule, file, symbol }) {
  const document = await vscode.workspace.openTextDocument(join(shop, file));
  const found = () => findings({ rule, file }).find((it) => underlined(document, it) === symbol);
  return until(`${rule} at ${symbol} in ${file}`, found);
}

/**
 * Waits until the finding of `finding` is gone. It must stay away for a while: right after an edit the old ranges lie over
 * the new text, so that none of them underlines the symbol.
 */
export async function noFinding({ rule, file, symbol }) {
  const document = await vscode.workspace.openTextDocument(join(shop, file));
  const isGone = () => findings({ rule, file }).every((it) => underlined(document, it) !== symbol);
  let since;
  return until(`no ${rule} at ${symbol} in ${file}`, () => {
    since = isGone() ? (since ?? Date.now()) : undefined;
    return since !== undefined && Date.now() - since > 800;
  });
}

/** All findings, a line each, in an order of their own: for comparing two states. */
export function summary() {
  return findings()
    .map((it) => `${it.file} ${it.rule} ${it.diagnostic.message}`)
    .sort();
}

/** Opens a file of the example in the editor, as it is on the disk: VS Code may still hold what was there before. */
export async function show(file) {
  const path = join(shop, file);
  const document = await until(`the text of ${file}`, async () => {
    const opened = await vscode.workspace.openTextDocument(path);
    return opened.getText() === readFileSync(path, 'utf8') && opened;
  });
  return vscode.window.showTextDocument(document);
}

/** The code actions at a finding, with their edits. */
export async function actionsAt({ uri, diagnostic }, kind = vscode.CodeActionKind.QuickFix) {
  const ask = ['vscode.executeCodeActionProvider', uri, diagnostic.range, kind.value, 30];
  return until('code actions', async () => {
    const actions = await vscode.commands.executeCommand(...ask);
    return actions.length > 0 && actions;
  });
}

/** Waits for the code action with a title, at a finding. */
export async function actionAt(at, title) {
  return until(`the action ${title}`, async () =>
    (await actionsAt(at)).find((action) => title.test(action.title)),
  );
}

/** TypeScript's errors of syntax have codes from 1000 to 1999. */
export async function syntaxErrors(uri) {
  const errors = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ts');
  return errors.filter(({ code }) => code >= 1000 && code < 2000);
}

/** Does what a click on the action does. */
export async function apply(action) {
  if (action.edit && !(await vscode.workspace.applyEdit(action.edit)))
    throw new Error(`VS Code refused the edit of “${action.title}”.`);
  if (action.command)
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

/** Writes a file of the example behind the editor's back. */
export function write(file, text) {
  const path = join(shop, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Asks until the answer is truthy. VS Code cancels a request when another extension registers its provider meanwhile. */
export async function until(what, ask, milliseconds = 50_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await Promise.resolve()
      .then(ask)
      .catch((error) => {
        if (error.name !== 'Canceled' && error.message !== 'Canceled') throw error;
      });
    if (answer) return answer;
    if (Date.now() > end)
      throw new Error(`Waited ${milliseconds / 1000} s for ${what}.\n${summary().join('\n')}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const firstTexts = readAll();
let firstSummary;

/** Brings every file back to what it was, in the editor and on the disk, and waits until the findings are the first ones. */
export async function restore() {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const now = readAll();
  for (const [file, text] of firstTexts) if (now.get(file) !== text) write(file, text);
  for (const file of now.keys()) if (!firstTexts.has(file)) rmSync(join(shop, file));
  await until('the findings of the untouched example', () => isAsAtFirst());
}

/** Remembers the findings of the untouched example. */
export async function rememberFindings() {
  await ready();
  firstSummary ??= await until('findings', () => findings().length > 0 && summary());
  return firstSummary;
}

function isAsAtFirst() {
  return firstSummary === undefined || firstSummary.join('\n') === summary().join('\n');
}

function readAll() {
  const files = readdirSync(shop, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const paths = files.map((it) => join(it.parentPath, it.name));
  return new Map(paths.map((path) => [relative(shop, path), readFileSync(path, 'utf8')]));
}

function describe(uri, diagnostic) {
  const rule = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
  return { uri, file: relative(shop, uri.fsPath), rule, source: diagnostic.source, diagnostic };
}

function underlined(document, { diagnostic }) {
  return document.getText(diagnostic.range).replaceAll(/['"`]/g, '');
}
