/** Loaded before the program: notes each file it opens or changes, each program it starts and each address it asks for, one JSON list a line. */
const childProcess = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');

const log = fs.openSync(process.env.FLEETLINT_WATCH_LOG ?? '', 'a');
const { realpathSync, writeSync } = fs;

/** @param {string} kind @param {unknown} subject */
function note(kind, subject) {
  let shown = String(subject);
  try {
    shown = realpathSync(shown);
  } catch {
    // What is not there yet has only its name.
  }
  writeSync(log, `${JSON.stringify([kind, shown])}\n`);
}

/** @param {any} module @param {string} kind @param {readonly string[]} names */
function watch(module, kind, names) {
  for (const name of names) {
    const original = module[name];
    module[name] = Object.assign((/** @type {unknown[]} */ ...given) => {
      if (typeof given[0] !== 'number') note(kind, given[0]);
      return original(...given);
    }, original);
  }
}

watch(fs, 'read', ['openSync', 'open', 'readFileSync', 'readFile', 'createReadStream', 'readdirSync', 'readdir']);
watch(fs, 'write', [
  'writeFileSync',
  'writeFile',
  'appendFileSync',
  'createWriteStream',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
]);
watch(fs.promises, 'read', ['open', 'readFile', 'readdir']);
watch(fs.promises, 'write', ['writeFile', 'appendFile', 'mkdir', 'rename', 'rm', 'unlink']);
watch(childProcess, 'start', ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']);
watch(net, 'connect', ['connect', 'createConnection']);
