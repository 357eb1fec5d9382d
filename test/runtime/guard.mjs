// Runs a server as long as its parent lives: however the tests end, no server and no folder is left behind.
// Arguments: a folder to remove in the end, the signal that stops the server, its `uid:gid` (empty for one's own),
// the program, and its arguments.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [folder, signal, ids, program, ...args] = process.argv.slice(2);
const [uid, gid] = ids === '' ? [] : ids.split(':').map(Number);
// In a group of its own: what a terminal's Ctrl-C ends is only the tests, and they close our input.
const server = spawn(program, args, { stdio: 'ignore', detached: true, uid, gid });
for (const it of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(it, () => undefined);
process.stdin.resume().once('end', () => {
  server.kill(signal);
  setTimeout(killGroup, 20_000);
});
server.once('error', () => end(127));
server.once('exit', (code) => end(code ?? 1));

function end(code) {
  killGroup();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

function killGroup() {
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}
