import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const EXAMPLE = join(ROOT, 'examples', 'messaging-outside');
const REGISTRY = join(ROOT, 'tools', 'workspace', 'packages', 'registry.mjs');

const execute = promisify(execFile);

interface Lock {
  readonly packages: Readonly<Record<string, { readonly link?: boolean }>>;
}

/** The example in a folder that is no part of this workspace, with the packages as a registry would have them. */
export class OutsideApplication {
  private child: ChildProcess | undefined;

  private constructor(
    readonly dir: string,
    private readonly env: Record<string, string>,
  ) {}

  /** From a registry that has the libraries as they are built, and nothing else. */
  static async install(env: Record<string, string>): Promise<OutsideApplication> {
    const dir = await mkdtemp(join(tmpdir(), 'dozen-outside-'));
    for (const file of ['package.json', 'tsconfig.json', 'src']) {
      await cp(join(EXAMPLE, file), join(dir, file), { recursive: true });
    }
    await writeLock(dir);
    const registry = await startRegistry();
    try {
      await writeFile(join(dir, '.npmrc'), `@dozen:registry=${registry.url}\n`);
      await npm(dir, ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
    } finally {
      await registry.stop();
    }
    return new OutsideApplication(dir, env);
  }

  /** Its own tests; rejects with what they print when one fails. */
  async test(): Promise<string> {
    return npm(this.dir, ['test'], this.env);
  }

  /** Returns what the compiler complains about; it emits all the same. */
  async compile(): Promise<string> {
    const tsc = join(this.dir, 'node_modules', 'typescript', 'bin', 'tsc');
    try {
      return (await execute(process.execPath, [tsc], { cwd: this.dir })).stdout;
    } catch (error) {
      return String((error as { stdout?: string }).stdout);
    }
  }

  async migrate(): Promise<void> {
    await execute(process.execPath, ['dist/main.js', 'migrate'], { cwd: this.dir, env: this.env });
  }

  /** Resolves with its URL when it listens. Rejects with its log when it ends before. */
  async start(): Promise<string> {
    const child = spawn(process.execPath, ['dist/main.js'], {
      cwd: this.dir,
      env: { ...this.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    let log = '';
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        log += `${line}\n`;
        const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
        if (msg === 'listening' && url !== undefined) resolve(url);
      });
      child.once('close', () => reject(new Error(`the application ended:\n${log}`)));
    });
  }

  /** By SIGTERM; resolves with its exit code. */
  async stop(): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return ended;
  }

  async remove(): Promise<void> {
    this.child?.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function startRegistry() {
  const child = spawn(process.execPath, [REGISTRY], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      resolve((JSON.parse(line) as { registry: string }).registry);
    });
    void ended.then(() => reject(new Error('the registry ended')));
  });
  return {
    url,
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * The versions that this workspace is tested with: npm has them in its cache since `npm ci`, and the network is not
 * needed. What the example does not ask for is left out by npm.
 */
async function writeLock(dir: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const installed = Object.entries(packages).filter(
    ([path, entry]) => path.startsWith('node_modules/') && entry.link !== true,
  );
  const lock = { lockfileVersion: 3, requires: true, packages: { '': {}, ...Object.fromEntries(installed) } };
  await writeFile(join(dir, 'package-lock.json'), JSON.stringify(lock));
}

/** Without what an npm that runs these tests says about the folder it runs in. */
async function npm(cwd: string, args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
  );
  const env = { ...Object.fromEntries(own), ...more };
  const { stdout } = await execute('npm', [...args, '--prefix', cwd], { cwd, env });
  return stdout;
}
