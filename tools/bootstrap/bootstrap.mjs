/**
 * What `npm start` and `npm test` need before anything of the workspace can run: Node's built-ins only, any Node ≥ 20.11.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
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

/** @throws SetupError below Node 20.11. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new SetupError(
      `Node ${process.version} is too old: install Node 20.11 or newer (.nvmrc names the one in use).`,
    );
  }
}

/** Runs `npm ci` unless node_modules is of this very lock file. */
export async function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.dozen-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step('install dependencies (npm ci)', async () => {
    const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0) {
      throw new SetupError(
        'npm ci failed (its output is above). It needs the npm registry, npm 10 or newer and 1 GB of disk.',
      );
    }
    writeFileSync(stamp, lock);
  });
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
  await step('build (nx run-many -t build)', () => {
    const result = spawnSync(
      node,
      [join('node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'run-many', '-t', 'build', '--outputStyle=static'],
      {
        cwd: root,
        env: childEnv(node),
        encoding: 'utf8',
      },
    );
    if (result.status !== 0) throw new SetupError(`The build failed:\n${result.stdout}${result.stderr}`);
  });
}

/** @param {string} command @param {string[]} args @returns {Promise<number>} the exit code */
export function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      reject(new SetupError(`${command} cannot be run: ${error.message}`));
    });
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a script in the foreground until it ends, handing signals on; resolves with its exit code. A terminal sends
 * Ctrl-C to both processes: this one must outlive it to report how the child ended.
 * @param {string} node @param {string[]} args
 */
export function runForeground(node, args) {
  return new Promise((resolve) => {
    // kafkajs asks for a timer in the past once per process (its issue 1751).
    const quiet = '--disable-warning=TimeoutNegativeWarning';
    const child = spawn(node, [quiet, ...args], { cwd: root, env: childEnv(node), stdio: 'inherit' });
    const terminal = process.stdin.isTTY;
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        if (!(terminal && signal === 'SIGINT')) child.kill(signal);
      });
    }
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
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
