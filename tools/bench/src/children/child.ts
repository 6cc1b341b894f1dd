import { type ChildProcess, fork } from 'node:child_process';

export type FromChild = { readonly state: 'ready' } | { readonly state: 'done'; readonly result: unknown };

/**
 * A process of its own for one part of a measurement, so that it does not share an event loop with what measures it.
 * ready → (go) → done.
 */
export class Child<Out> {
  readonly #ready = Promise.withResolvers<null>();
  readonly #done = Promise.withResolvers<Out>();

  private constructor(private readonly process: ChildProcess) {
    process.on('message', (message: FromChild) => {
      if (message.state === 'ready') this.#ready.resolve(null);
      else this.#done.resolve(message.result as Out);
    });
    process.on('exit', (code, signal) => {
      const fail = (): void => {
        const error = new Error(`a child of the benchmark ended with ${signal ?? String(code)}`);
        this.#ready.reject(error);
        this.#done.reject(error);
      };
      // What it said last may still be in the channel.
      if (process.connected) process.once('disconnect', fail);
      else fail();
    });
    // Whoever waits sees it; nobody may wait yet.
    this.#ready.promise.catch(() => undefined);
    this.#done.promise.catch(() => undefined);
  }

  /** Starts `role` (a module of this folder) and resolves when it says that it is ready. */
  static async start<Out = null>(role: string, input: object): Promise<Child<Out>> {
    const file = new URL(`./${role}.js`, import.meta.url);
    const execArgv = [...process.execArgv, '--disable-warning=TimeoutNegativeWarning'];
    const child = new Child<Out>(fork(file, { execArgv }));
    child.process.send(input);
    await child.#ready.promise;
    return child;
  }

  get done(): Promise<Out> {
    return this.#done.promise;
  }

  go(): void {
    this.process.send('go');
  }

  /** Asks it to end and resolves with its result. */
  async stop(): Promise<Out> {
    this.process.send('stop');
    return this.done;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}
