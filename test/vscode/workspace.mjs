// The workspaces that the tests open. The one that they edit is a copy of the example, opened as a workspace file so that folders
// can be added to it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/setup.mjs';

const settings = { 'files.autoSave': 'off', 'git.enabled': false, 'telemetry.telemetryLevel': 'off' };

/** Makes it below `folder`, with user settings in the profile; gives the workspace file's path. */
export function makeWorkspace(folder, profile, userSettings) {
  cpSync(join(root, 'examples/happy-path-shop'), join(folder, 'shop'), { recursive: true });
  cpSync(join(root, 'test/workspaces/second-folder'), join(folder, 'second-folder'), { recursive: true });
  writeSettings(profile, userSettings);
  const file = join(folder, 'shop.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: [{ path: 'shop' }], settings: {} }));
  return file;
}

/** A folder without any TypeScript. */
export function makePlainFolder(parent, profile, userSettings) {
  const folder = join(parent, 'plain');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'plain', private: true }));
  writeFileSync(join(folder, 'index.js'), 'export const answer = 42;\n');
  writeSettings(profile, userSettings);
  return folder;
}

function writeSettings(profile, userSettings) {
  mkdirSync(join(profile.data, 'User'), { recursive: true });
  writeFileSync(join(profile.data, 'User/settings.json'), JSON.stringify({ ...settings, ...userSettings }));
}
