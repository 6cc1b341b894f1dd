import { spawn } from 'node:child_process';
import { join } from 'node:path';

const LAST_LINES = 60;

/** A copy of the workspace, in which commands are run as somebody would type them. */
export class Workspace {
  constructor(
    readonly dir: string,
    private readonly signal: AbortSignal,
  ) {}

  /** `npx nx g @dozen/workspace:…` */
  generate(...args: readonly string[]): Promise<string> {
    const [generator = '', ...rest] = args;
    return this.run(join('nx', 'dist', 'bin', 'nx.js'), 'g', `@dozen/workspace:${generator}`, ...rest);
  }

  /** A program of what is installed. */
  run(program: string, ...args: readonly string[]): Promise<string> {
    return this.node(join('node_modules', program), ...args);
  }

  /** Resolves with what it printed. Throws with the end of that, unless it ends with 0. */
  async node(...args: readonly string[]): Promise<string> {
    this.signal.throwIfAborted();
    const child = spawn(process.execPath, args, {
      cwd: this.dir,
      env: { ...process.env, NX_DAEMON: 'false', DOZEN_BACKING: 'embedded' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = (): void => void child.kill('SIGTERM');
    this.signal.addEventListener('abort', stop);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    this.signal.removeEventListener('abort', stop);
    if (code === 0) return output;
    const last = output.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
    throw new Error(`node ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${last}`);
  }
}
