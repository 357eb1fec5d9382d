// Chromium shows the web build's workbench. It is a system package: found, or installed where that is possible.
import { existsSync } from 'node:fs';
import { commandFor, installWithApt } from '../../tools/systemPackages.mjs';

const packages = ['chromium', 'fonts-dejavu-core'];
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium, installing one where root and apt are at hand. Throws with the command that installs it otherwise. */
export function chromium() {
  const found = find();
  if (found !== undefined) return found;
  installWithApt(packages);
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(`The tests in VS Code need Chromium, which is not installed. This installs it:

  ${commandFor(packages)}

A Chromium elsewhere is named by the environment variable CHROMIUM.`);
}

function find() {
  const named = process.env.CHROMIUM;
  if (named === undefined) return usualPlaces.find((path) => existsSync(path));
  if (existsSync(named)) return named;
  throw new Error(`The environment variable CHROMIUM names ${named}, which does not exist.`);
}
