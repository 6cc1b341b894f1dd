/**
 * What `npm start` and `npm test` need before anything of the workspace can run: Node's built-ins only, any Node ≥ 20.11.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A failure that the reader can mend: its message says how, a stack would not help. */
export class SetupError extends Error {}

/** Runs `work` and says how long it took. @template T @param {string} name @param {() => Promise<T> | T} work */
export async function step(name, work) {
  const began = performance.now();
  process.stdout.write(`• ${name} …\n`);
  const result = await work();
  process.stdout.write(`  ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return result;
}

/** @throws SetupError below Node 20.11, and on Windows. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new SetupError(
      `Node ${process.version} is too old: install Node 20.11 or newer (.nvmrc names the one in use).`,
    );
  }
  if (process.platform === 'win32') {
    throw new SetupError(
      'Windows is not supported by itself: run this inside WSL (https://learn.microsoft.com/windows/wsl).',
    );
  }
}

/**
 * Java and Maven, Docker, or URLs of what runs already: looked for before minutes are spent on the installation. Versions and the
 * rest are libs/backing's to judge. @param {NodeJS.ProcessEnv} env @throws SetupError naming all that is missing.
 */
export function checkBackingTools(env = process.env) {
  const ignoresUrls = env['DOZEN_BACKING'] === 'embedded';
  if (env['KAFKA_URL'] && !ignoresUrls) return;
  const has = (command) =>
    (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, command)));
  const cache =
    env['DOZEN_CACHE_DIR'] || join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'dozen');
  const downloaded = existsSync(cache) && readdirSync(cache).some((name) => existsSync(join(cache, name, 'libs')));
  if (env['DOZEN_BACKING'] === 'docker' || (!env['DOZEN_BACKING'] && (env['DOCKER_HOST'] || has('docker')))) return;
  const missing = [
    ...(has('java') || env['JAVA_HOME'] ? [] : ['Java 17 or newer']),
    ...(has('mvn') || downloaded ? [] : ['Maven (mvn)']),
  ];
  if (missing.length === 0) return;
  throw new SetupError(
    [
      `Kafka needs ${missing.join(' and ')}, not found on PATH. One of these helps:`,
      '  Debian, Ubuntu:  apt install openjdk-17-jre-headless maven',
      '  Fedora:          dnf install java-21-openjdk-headless maven',
      '  macOS:           brew install openjdk maven',
      '  Docker, running:  DOZEN_BACKING=docker npm start',
      '  a Kafka that runs already:  KAFKA_URL=kafka://host:9092 npm start',
    ].join('\n'),
  );
}

/** Runs `npm ci` unless node_modules is of this very lock file. Resolves with whether it was needed. */
export async function ensureInstalled() {
  if (isInstalled()) return false;
  await step('install dependencies (npm ci)', async () => {
    const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0) {
      throw new SetupError(
        'npm ci failed (its output is above). It needs the npm registry, npm 10 or newer and 1 GB of disk.',
      );
    }
    markInstalled();
  });
  return true;
}

/** Made when an installation is whole; holds the hash of the lock file that it is of. */
const stampFile = join(root, 'node_modules', '.dozen-lock');
const lockFile = join(root, 'package-lock.json');
const lockHash = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

/** Says that what is installed is what the lock file asks for. */
export function markInstalled() {
  // In a copy that borrows what another one installed it is a link to that one's.
  rmSync(stampFile, { force: true });
  writeFileSync(stampFile, lockHash());
}

export function isInstalled() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash()) return true;
  // Somebody ran npm by hand: it writes this file last, when everything is in place.
  const byHand = join(root, 'node_modules', '.package-lock.json');
  return existsSync(byHand) && statSync(byHand).mtimeMs > statSync(lockFile).mtimeMs;
}

/** The Node 24 that everything runs on: this one, or the one among the dependencies. @throws SetupError */
export function node24() {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const bundled = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  throw new SetupError(
    `There is no Node 24 for ${process.platform} ${process.arch} in the npm registry: install Node 24 (.nvmrc) and try again.`,
  );
}

/** The environment for children: Node 24 first on PATH, no daemon, no telemetry. @param {string} node */
export function childEnv(node) {
  const path = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`;
  return { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };
}

/** Builds every project through Nx; its cache makes a second build short. @param {string} node */
export async function build(node) {
  const nx = join('node_modules', 'nx', 'dist', 'bin', 'nx.js');
  await step('build (nx run-many -t build)', async () => {
    const child = spawn(node, [nx, 'run-many', '-t', 'build', '--outputStyle=static'], {
      cwd: root,
      env: childEnv(node),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const { code, interrupted } = await supervise(child);
    if (interrupted) throw new SetupError(`The build was interrupted by ${interrupted}.`);
    if (code !== 0) throw new SetupError(`The build failed:\n${output}`);
  });
}

/** @param {string} command @param {string[]} args @returns {Promise<number>} the exit code @throws SetupError */
export async function run(command, args, env = process.env) {
  const { code, interrupted, error } = await supervise(
    spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }),
  );
  if (error) throw new SetupError(`${command} cannot be run: ${error.message}`);
  if (interrupted) throw new SetupError(`${command} was interrupted by ${interrupted}.`);
  return code;
}

/**
 * Runs a script in the foreground until it ends; resolves with its exit code. The channel between the two carries
 * nothing: its end tells the child that this process was killed.
 * @param {string} node @param {string[]} args
 */
export async function runForeground(node, args) {
  // kafkajs asks for a timer in the past once per process (its issue 1751).
  const quiet = '--disable-warning=TimeoutNegativeWarning';
  const child = spawn(node, [quiet, ...args], {
    cwd: root,
    env: childEnv(node),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  return (await supervise(child)).code;
}

/**
 * Whatever is missing is installed and built, then a built script runs in the foreground.
 * @param {string} script from the workspace's root @param {string[]} args
 */
export async function runBuilt(script, args) {
  await ensureInstalled();
  const node = node24();
  await build(node);
  return runForeground(node, [join(root, script), ...args]);
}

/** Of the start: a parent that is gone later was npm's shell. */
const parent = process.ppid;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Waits for a child's end and hands signals on to it meanwhile: this process must outlive it to say how it ended. A
 * terminal sends Ctrl-C to both of them. npm sends SIGTERM to the shell between it and us, which dies of it and tells
 * nobody; only under npm, since a process that was put into the background by hand may lose its parent and live.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number, interrupted?: string, error?: Error }>}
 */
async function supervise(child) {
  let interrupted;
  const handOn = (signal) => {
    interrupted = signal;
    if (!(process.stdin.isTTY && signal === 'SIGINT')) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handOn);
  const orphaned = setInterval(() => {
    if (process.env['npm_lifecycle_event'] && process.ppid !== parent && !interrupted) handOn('SIGTERM');
  }, 250);
  const end = await new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: 1, error });
    });
    child.once('close', (code, signal) => {
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0) });
    });
  });
  clearInterval(orphaned);
  for (const signal of SIGNALS) process.off(signal, handOn);
  return { ...end, interrupted };
}

/** Runs a script's main function; a SetupError is printed without a stack, and every failure ends with exit code 1. */
export async function main(work) {
  try {
    checkNode();
    process.exitCode = await work();
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
