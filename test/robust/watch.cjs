// Loaded before a program (`node --require`): refuses network and processes, and notes which files it reads, writes and loads.
const fs = require('node:fs');
const Module = require('node:module');
const { fileURLToPath } = require('node:url');
const log = process.env.WATCH_LOG;
const append = fs.appendFileSync;
const note = (what, path) => {
  if (typeof path === 'string' && path !== log) append(log, `${what} ${path}\n`);
};

const refuse = (object, names) => {
  for (const name of names) {
    // No arrow: some of these are classes.
    object[name] = function () {
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
const dns = require('node:dns');
for (const it of [dns, dns.promises])
  refuse(
    it,
    Object.keys(it).filter((name) => /^(lookup|resolve|reverse|Resolver)/.test(name)),
  );
refuse(require('node:dgram'), ['createSocket']);
refuse(require('node:worker_threads'), ['Worker']);
refuse(process, ['dlopen']);
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
watch('read', ['copyFileSync', 'copyFile', 'cpSync', 'cp']);
watch('list', ['readdirSync', 'readdir', 'opendirSync', 'opendir', 'watch', 'watchFile']);
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

// `import` goes by other ways than `require`.
Module.registerHooks?.({
  load: (url, context, next) => {
    note('load', url.startsWith('file:') ? fileURLToPath(url) : url);
    return next(url, context);
  },
});
const load = Module._load;
Module._load = function (request, ...rest) {
  note('load', request);
  return load.call(this, request, ...rest);
};
