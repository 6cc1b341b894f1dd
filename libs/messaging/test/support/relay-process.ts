import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const path = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A relay in a process of its own, so that it can be killed. */
export class RelayProcess {
  readonly #child: ChildProcess;

  constructor(options: { databaseUrl: string; kafkaUrl: string }) {
    const hooks = [
      '--conditions=@dozen/source',
      '--disable-warning=ExperimentalWarning',
      '--import',
      path('source-hooks.mjs'),
    ];
    this.#child = spawn(process.execPath, [...hooks, path('relaying.ts'), options.databaseUrl, options.kafkaUrl], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** Resolves with the exit code when it has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill(signal);
    return (await exit)[0];
  }
}
