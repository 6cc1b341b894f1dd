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
  readonly sql: string;
  readonly run: () => Promise<unknown>;
}

/** Whose statement could go next, and what it is. */
export interface Ready {
  readonly name: string;
  readonly sql: string;
}

/** Picks one. */
export type Choose = (ready: readonly Ready[]) => Ready | undefined;

/** A process of the system under test, as far as its statements are concerned. */
interface Actor {
  readonly name: string;
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
    const actor: Actor = { name, wanted: [], sentTo: undefined, done: true };
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
          const sql = String(args[0]).trim();
          actor.wanted.push({ pid: client.processID, sql, run: () => send().then(resolve, reject) });
        });
      };
    });
  }

  /** Runs each actor's work to its end. `afterStep` may throw. */
  async run(
    work: Readonly<Record<string, () => Promise<void>>>,
    { choose, afterStep }: { choose: Choose; afterStep: () => Promise<void> },
  ): Promise<void> {
    this.#free = false;
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
        const next = choose(ready.map(({ name, wanted }) => ({ name, sql: wanted[0]?.sql ?? '' })));
        if (next === undefined) throw new Error('nothing was chosen');
        this.#send(this.#actor(next.name));
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

  #actor(name: string): Actor {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new Error(`no actor ${name}`);
    return actor;
  }
}

/** Each line runs one actor up to its next statement that matches `before`, or as far as it gets; then who is ready. */
export function scripted(lines: readonly { readonly actor: string; readonly before?: RegExp }[]): Choose {
  let at = 0;
  return (ready) => {
    for (let line = lines[at]; line !== undefined; line = lines[at]) {
      const { actor, before } = line;
      const mine = ready.find(({ name }) => name === actor);
      if (mine !== undefined && before?.test(mine.sql) !== true) return mine;
      at += 1;
    }
    return ready[0];
  };
}
