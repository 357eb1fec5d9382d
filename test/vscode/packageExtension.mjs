import { join } from 'node:path';
import { root, run } from '../../tools/setup.mjs';

/** Builds and packs the extension as it is now; gives the path of the .vsix. Nobody tests a stale one. */
export async function packageExtension() {
  for (const tool of ['build', 'package']) {
    const { status } = await run('node', [`tools/${tool}.mjs`]);
    if (status !== 0) throw new Error(`tools/${tool}.mjs failed, so that there is no extension to start.`);
  }
  return join(root, 'dist/sagalint.vsix');
}
