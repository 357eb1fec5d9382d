// The server dies under the editor: the client starts it anew, a few times, and says when it gives up.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extension, ready, rememberFindings, show, summary, until } from '../shop.mjs';

/** The process of the server: a child of the process that runs extensions, and of these tests. */
function serverProcess() {
  const pids = readdirSync('/proc').filter((it) => /^\d+$/.test(it));
  const found = pids.find((pid) => {
    const parent = /\) \w (\d+) /.exec(textOf(`/proc/${pid}/stat`))?.[1];
    return Number(parent) === process.pid && textOf(`/proc/${pid}/cmdline`).includes('server.cjs');
  });
  return found && Number(found);
}

/** What a process that may be gone says of itself. */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

describe('A server that is killed', () => {
  before(rememberFindings);

  it('comes back, also while it reads the workspace; after five times the user is told', async function () {
    // Processes are looked up where Linux shows them.
    if (!existsSync('/proc/self/stat')) this.skip();
    await vscode.commands.executeCommand('sagalint.restart');
    await ready();
    const before = summary();
    assert.ok(before.length > 0);
    await show('packages/contracts/src/order-events.ts');
    const kill = async () => {
      const pid = await until('a server', serverProcess);
      process.kill(pid, 'SIGKILL');
      await until('its end', () => serverProcess() !== pid);
    };
    await kill();
    await until('another server', serverProcess);
    await ready();
    await until('all findings', () => summary().join() === before.join());
    // As soon as it is there again: it has read little or nothing then.
    for (let time = 2; time <= 4; time += 1) await kill();
    await until('another server', serverProcess);
    await ready();
    await until('all findings', () => summary().join() === before.join());
    await kill();
    await until('the news', () => extension.exports.status()?.state === 'error');
    await new Promise((done) => setTimeout(done, 3000));
    assert.equal(serverProcess(), undefined);
    assert.equal(extension.exports.status()?.state, 'error');
    await vscode.commands.executeCommand('sagalint.restart');
    await ready();
    await until('all findings', () => summary().join() === before.join());
  });
});
