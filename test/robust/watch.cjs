// Loaded before a program (`node --require`): refuses network and processes, and notes which files it reads, writes and loads.
const fs = require('node:fs');
const Module = require('node:module');
const log = process.env.WATCH_LOG;
const append = fs.appendFileSync;
const note = (what, path) => {
  if (typeof path === 'string' && path !== log) append(log, `${what} ${path}\n`);
};

const refuse = (object, names) => {
  for (const name of names) {
    object[name] = () => {
      append(log, `refused ${name}\n`);
      throw new Error(`${name} is refused.`);
    };
  }
};
refuse(require('node:net').Socket.prototype, ['connect']);
refuse(require('node:net').Server.prototype, ['listen']);
refuse(require('node:http'), ['request', 'get', 'createServer']);
refuse(require('node:https'), ['request', 'get']);
refuse(require('node:http2'), ['connect', 'createServer']);
refuse(require('node:dns'), ['lookup', 'resolve']);
refuse(require('node:dns').promises, ['lookup', 'resolve']);
refuse(require('node:dgram'), ['createSocket']);
refuse(require('node:worker_threads'), ['Worker']);
refuse(require('node:child_process'), [
  'spawn',
  'spawnSync',
  'exec',
  'execSync',
  'execFile',
  'execFileSync',
  'fork',
]);

/** Notes the path that `at` finds among the arguments. */
const watch = (what, names, at = (given) => given[0]) => {
  for (const object of [fs, fs.promises]) {
    for (const name of names) {
      const real = object[name];
      if (real === undefined) continue;
      object[name] = (...given) => {
        const kind = typeof what === 'function' ? what(given) : what;
        note(kind, String(at(given)));
        return real.apply(object, given);
      };
    }
  }
};
watch('read', ['readFileSync', 'readFile', 'createReadStream', 'openAsBlob']);
watch(
  ([, flags]) => (flags === undefined || flags === 'r' || flags === 0 ? 'read' : 'write'),
  ['openSync', 'open'],
);
watch('write', ['writeFileSync', 'writeFile', 'appendFileSync', 'appendFile', 'createWriteStream']);
watch('write', ['mkdirSync', 'mkdir', 'mkdtempSync', 'mkdtemp', 'rmSync', 'rm', 'rmdirSync', 'rmdir']);
watch('write', [
  'unlinkSync',
  'unlink',
  'truncateSync',
  'truncate',
  'chmodSync',
  'chmod',
  'utimesSync',
  'utimes',
]);
watch('write', ['renameSync', 'rename']);
watch(
  'write',
  [
    'renameSync',
    'rename',
    'copyFileSync',
    'copyFile',
    'cpSync',
    'cp',
    'linkSync',
    'link',
    'symlinkSync',
    'symlink',
  ],
  (given) => given[1],
);

const load = Module._load;
Module._load = function (request, ...rest) {
  note('load', request);
  return load.call(this, request, ...rest);
};
