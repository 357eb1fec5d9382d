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
refuse(require('node:http'), ['request', 'get', 'createServer']);
refuse(require('node:https'), ['request', 'get']);
refuse(require('node:dns'), ['lookup', 'resolve']);
refuse(require('node:dgram'), ['createSocket']);
refuse(require('node:child_process'), [
  'spawn',
  'spawnSync',
  'exec',
  'execSync',
  'execFile',
  'execFileSync',
  'fork',
]);

const watch = (what, names) => {
  for (const name of names) {
    const real = fs[name];
    fs[name] = (path, ...rest) => {
      note(what, path);
      return real(path, ...rest);
    };
  }
};
watch('read', ['readFileSync', 'readFile', 'createReadStream']);
watch('write', [
  'writeFileSync',
  'writeFile',
  'renameSync',
  'mkdirSync',
  'rmSync',
  'unlinkSync',
  'appendFileSync',
]);

const load = Module._load;
Module._load = function (request, ...rest) {
  note('load', request);
  return load.call(this, request, ...rest);
};
