import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

/** The parts of pg that are used here. */
interface Client {
  readonly processID: number;
  query(...args: readonly unknown[]): Promise<unknown>;
}
interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
}

interface Step {
  readonly pid: number;
  readonly run: () => Promise<unknown>;
}

/** A process of the system under test, as far as its statements are concerned. */
interface Actor {
  readonly wanted: Step[];
  /** Backend of the statement that was sent and not answered. */
  sentTo: number | undefined;
  done: boolean;
}

/** They see and change nothing that others see. */
const PRIVATE = /^(START TRANSACTION|SET LOCAL)/;
const LOOK_EVERY_MS = 1;

/**
 * Runs processes against one real PostgreSQL and decides whose statement goes next. A statement that waits for a lock is
 * left waiting, and others go on. With READ COMMITTED each statement is a step of its own, so that what can happen
 * between processes is the order of these steps.
 */
export class Interleaver {
  readonly #actors = new Map<string, Actor>();
  readonly #monitor: DataSource;
  #free = false;

  constructor(monitor: DataSource) {
    this.#monitor = monitor;
  }

  /** Every statement of this DataSource is a step of the actor, from now on. */
  watch(name: string, dataSource: DataSource): void {
    const actor: Actor = { wanted: [], sentTo: undefined, done: true };
    this.#actors.set(name, actor);
    const watched = new WeakSet<Client>();
    const { master } = dataSource.driver as unknown as { master: Pool };
    master.on('acquire', (client) => {
      if (watched.has(client)) return;
      watched.add(client);
      const query = client.query.bind(client);
      client.query = (...args) => {
        const send = (): Promise<unknown> => query(...args);
        if (this.#free || (typeof args[0] === 'string' && PRIVATE.test(args[0]))) return send();
        return new Promise((resolve, reject) => {
          actor.wanted.push({ pid: client.processID, run: () => send().then(resolve, reject) });
        });
      };
    });
  }

  /** Runs each actor's work to its end. `choose` picks among `n`; `afterStep` may throw. */
  async run(
    work: Readonly<Record<string, () => Promise<void>>>,
    { choose, afterStep }: { choose: (n: number) => number; afterStep: () => Promise<void> },
  ): Promise<void> {
    const ends = Object.entries(work).map(([name, begin]) => {
      const actor = this.#actor(name);
      actor.done = false;
      return begin().finally(() => {
        actor.done = true;
      });
    });
    const ended = Promise.all(ends);
    // Its rejection is seen below, after the last step.
    ended.catch(() => undefined);
    const names = Object.keys(work);
    try {
      for (;;) {
        const ready = await this.#settled(names);
        if (ready === undefined) break;
        const next = ready[choose(ready.length)];
        if (next === undefined) continue;
        this.#send(next);
        await this.#settled(names);
        await afterStep();
      }
    } finally {
      this.#release(names);
    }
    await ended;
  }

  #send(actor: Actor): void {
    const step = actor.wanted.shift();
    if (step === undefined) return;
    actor.sentTo = step.pid;
    void step.run().finally(() => {
      actor.sentTo = undefined;
    });
  }

  /** Waits until nobody moves by itself: each wants a step, waits for a lock, or is done. Those with a wish, or undefined. */
  async #settled(names: readonly string[]): Promise<Actor[] | undefined> {
    for (;;) {
      await sleep(0);
      const living = names.map((name) => this.#actor(name)).filter(({ done }) => !done);
      if (living.length === 0) return undefined;
      const idle = living.filter(({ sentTo }) => sentTo === undefined);
      const sent = living.flatMap(({ sentTo }) => sentTo ?? []);
      if (idle.every(({ wanted }) => wanted.length > 0) && (sent.length === 0 || (await this.#allBlocked(sent)))) {
        const ready = living.filter(({ wanted, sentTo }) => sentTo === undefined && wanted.length > 0);
        if (ready.length > 0) return ready;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #allBlocked(pids: readonly number[]): Promise<boolean> {
    const [row]: { blocked: number }[] = await this.#monitor.query(
      `SELECT count(*)::int AS blocked FROM pg_stat_activity
       WHERE pid = ANY($1::int[]) AND state = 'active' AND wait_event_type = 'Lock'`,
      [pids],
    );
    return row?.blocked === pids.length;
  }

  /** After a failure: what still runs goes on without turns, so that it ends. */
  #release(names: readonly string[]): void {
    this.#free = true;
    for (const name of names) {
      for (const step of this.#actor(name).wanted.splice(0)) void step.run();
    }
  }

  /** Turns are taken again. */
  reset(): void {
    this.#free = false;
  }

  #actor(name: string): Actor {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new Error(`no actor ${name}`);
    return actor;
  }
}
