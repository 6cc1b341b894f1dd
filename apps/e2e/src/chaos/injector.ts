import { setTimeout as sleep } from 'node:timers/promises';
import type { Backing } from '@dozen/backing';
import type { System } from '@dozen/demo';
import type { OutsideProducer } from './outside-producer.js';
import { type Fault, INSTANCES, targetOf } from './schedule.js';
import type { TcpProxy } from './tcp-proxy.js';

/** A process that comes up under other faults takes its time; whether it ever does is judged at the end. */
const ROLL_WAIT_MS = 15_000;
const SLOW_MS = 40;

/** Does to the system what the schedule says. Faults of one target wait for each other; all others may overlap. */
export class Injector {
  readonly #parts: Parts;
  readonly #busy = new Map<string, Promise<void>>();
  /** Message ids of the poison that was sent. */
  readonly planted = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async strike(fault: Fault): Promise<void> {
    const target = targetOf(fault);
    const before = this.#busy.get(target) ?? Promise.resolve();
    const mine = before.then(() => this.#inject(fault));
    this.#busy.set(
      target,
      mine.catch(() => undefined),
    );
    await mine;
  }

  async #inject({ kind, service, instance, lasts }: Fault): Promise<void> {
    const { system, backing, postgres, outside } = this.#parts;
    switch (kind) {
      case 'kill': {
        const struck = system.service(service, instance);
        await struck.kill('SIGKILL');
        await sleep(lasts);
        if (!struck.running) struck.start();
        return;
      }
      case 'freeze':
        return freeze(system.service(service, instance), lasts);
      case 'roll':
        for (let index = 0; index < INSTANCES; index += 1) {
          const struck = system.service(service, index);
          await struck.stop();
          await sleep(lasts);
          if (!struck.running) struck.start();
          // Another fault may have struck it meanwhile.
          await struck.waitReady(ROLL_WAIT_MS).catch(() => undefined);
        }
        return;
      case 'kafka-kill':
        return crash(backing.kafka, lasts);
      case 'postgres-kill':
        return crash(backing.postgres, lasts);
      case 'kafka-freeze':
        return freeze(backing.kafka, lasts);
      case 'postgres-freeze':
        return freeze(backing.postgres, lasts);
      case 'postgres-cut':
        postgres.cut();
        return;
      case 'postgres-refuse':
        postgres.refuse(true);
        await sleep(lasts);
        postgres.refuse(false);
        return;
      case 'postgres-slow':
        postgres.slow(SLOW_MS);
        await sleep(lasts);
        postgres.slow(0);
        return;
      case 'poison':
        this.planted.add(await outside.poison());
        return;
    }
  }
}

export interface Parts {
  readonly system: System;
  readonly backing: Backing;
  /** Between the services and PostgreSQL. */
  readonly postgres: TcpProxy;
  readonly outside: OutsideProducer;
}

interface Killable {
  kill(signal: NodeJS.Signals): Promise<void>;
}

async function freeze(struck: Killable, ms: number): Promise<void> {
  await struck.kill('SIGSTOP');
  await sleep(ms);
  await struck.kill('SIGCONT');
}

async function crash(struck: Killable & { restart(): Promise<void> }, ms: number): Promise<void> {
  await struck.kill('SIGKILL');
  await sleep(ms);
  await struck.restart();
}
