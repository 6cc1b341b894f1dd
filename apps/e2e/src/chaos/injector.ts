import { setTimeout as sleep } from 'node:timers/promises';
import type { Backing, TcpProxy } from '@dozen/backing';
import type { System } from '@dozen/demo';
import type { ServiceName } from '@dozen/manifest';
import type { Sent } from './load.js';
import { randomOrder } from './load.js';
import type { Operator } from './operator.js';
import { contentOf, type OutsideProducer } from './outside-producer.js';
import { holdClaims } from './held-claims.js';
import { overtaking } from './overtaking.js';
import { type Decision, type Poison, poisonCommand, poisonEvents } from './poison.js';
import { Random } from './random.js';
import type { Databases } from './databases.js';
import { type Fault, INSTANCES, targetOf } from './schedule.js';
import { holdMessaging, holdOwn } from './table-lock.js';

/** How long a process may take to come up under other faults. Whether it ever does is judged at the end. */
const ROLL_WAIT_MS = 15_000;
const SLOW_MS = 40;
/** New orders that one fault poisons. */
const POISONED = 2;
/** More, since each is in a partition that may stay where it is. */
const POISONED_AT_HANDOVER = 4;
/** Until a poisoned event that was sent is in a batch of the gateway's. */
const FETCHED_MS = 1_000;

/** Does to the system what the schedule says. Faults of one target wait for each other; all others may overlap. */
export class Injector {
  readonly #parts: Parts;
  readonly #busy = new Map<string, Promise<void>>();
  /** The poison that was sent, with what was decided about it in the end. */
  readonly planted: Poison[] = [];
  /** Orders that exist because of poison: placed behind it, or made from a command that was fixed. */
  readonly sent: Sent[] = [];
  /** One sentence per message that was handled although its key was blocked. */
  readonly overtaking: string[] = [];

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

  async #inject({ kind, service, instance, lasts, seed }: Fault): Promise<void> {
    const { system, backing, databases, postgres, kafka } = this.#parts;
    switch (kind) {
      case 'kill':
        return kill(system.service(service, instance), lasts);
      case 'freeze':
        return freeze(system.service(service, instance), lasts);
      case 'roll':
        for (let index = 0; index < INSTANCES; index += 1) await roll(system.service(service, index), lasts);
        return;
      case 'kafka-kill':
        return crash(backing.kafka, lasts);
      case 'postgres-kill':
        return crash(backing.postgres, lasts);
      case 'kafka-freeze':
        return freeze(backing.kafka, lasts);
      case 'postgres-freeze':
        return freeze(backing.postgres, lasts);
      case 'postgres-cut': {
        postgres.cut();
        return;
      }
      case 'kafka-cut': {
        kafka.cut();
        return;
      }
      case 'postgres-refuse':
        return refuse(postgres, lasts);
      case 'kafka-refuse':
        return refuse(kafka, lasts);
      case 'postgres-slow':
        return slow(postgres, lasts);
      case 'kafka-slow':
        return slow(kafka, lasts);
      case 'postgres-lock':
        return holdMessaging(databases[service], { seed, ms: lasts });
      case 'long-lock':
        return holdOwn(databases[service], { service, ms: lasts });
      case 'poison-command':
        return this.#poisonCommand(seed, lasts);
      case 'poison-event':
        return this.#poisonEvents(seed, lasts);
      case 'handover':
        return this.#handover({ instance, seed, lasts });
    }
  }

  async #poisonCommand(seed: number, lasts: number): Promise<void> {
    const poison = poisonCommand(seed);
    this.planted.push(poison);
    await this.#parts.outside.poison(poison);
    await sleep(lasts);
    const fix = contentOf(poison.orderId, randomOrder(new Random(seed)));
    await this.#decideAll(poison, fix);
    if (poison.decisions.orders === 'fix') this.sent.push({ orderId: poison.orderId, by: 'operator' });
  }

  /** Sends each poisoned event before the order whose key it has, so that everything of that order waits behind it. */
  async #poisonEvents(seed: number, lasts: number): Promise<void> {
    const random = new Random(seed);
    const poisons = poisonEvents(seed, POISONED);
    this.planted.push(...poisons);
    for (const poison of poisons) {
      await this.#parts.outside.poison(poison);
      await this.#placeBehind(poison, random);
    }
    await sleep(lasts);
    await this.#decidePoison(poisons);
  }

  /**
   * Hands poison over between two gateways. One gateway has all partitions, and its transaction with the poison is made to
   * wait. The orders follow, the other gateway starts, gets half of the partitions and reads poison and orders in one batch.
   * Then both go on at once.
   */
  async #handover({ instance, seed, lasts }: Pick<Fault, 'instance' | 'seed' | 'lasts'>): Promise<void> {
    const { system, outside, databases } = this.#parts;
    const random = new Random(seed);
    const poisons = poisonEvents(seed, POISONED_AT_HANDOVER);
    const taking = system.service('gateway', instance);
    await taking.stop();
    const messageIds = poisons.map(({ messageId }) => messageId);
    const claims = await holdClaims(databases.gateway, { consumer: 'gateway', messageIds });
    this.planted.push(...poisons);
    try {
      await Promise.all(poisons.map((poison) => outside.poison(poison)));
      await sleep(FETCHED_MS);
      await Promise.all(poisons.map((poison) => this.#placeBehind(poison, random)));
      if (!taking.running) taking.start();
      await taking.waitReady(lasts).catch(() => undefined);
      // Both have the poison in a batch of theirs, and wait.
      await sleep(FETCHED_MS);
    } finally {
      await claims.release();
    }
    await sleep(FETCHED_MS);
    await this.#decidePoison(poisons);
  }

  async #placeBehind({ orderId }: Poison, random: Random): Promise<void> {
    this.sent.push({ orderId: await this.#parts.outside.place(randomOrder(random), { orderId }), by: 'kafka' });
  }

  async #decidePoison(poisons: readonly Poison[]): Promise<void> {
    await Promise.all(
      poisons.map(async (poison) => {
        this.overtaking.push(...(await overtaking(this.#parts.databases, poison)));
        await this.#decideAll(poison);
      }),
    );
  }

  async #decideAll(poison: Poison, content?: string): Promise<void> {
    const { operator } = this.#parts;
    const decided = await Promise.all(
      Object.entries(poison.decisions).map(async ([service, decision]): Promise<[string, Decision]> => [
        service,
        await operator.decide(service as ServiceName, poison, decision, content),
      ]),
    );
    this.planted[this.planted.indexOf(poison)] = { ...poison, decisions: Object.fromEntries(decided) };
  }
}

export interface Parts {
  readonly system: System;
  readonly backing: Backing;
  /** The databases by addresses that do not pass the bad network. */
  readonly databases: Databases;
  /** Between the services and PostgreSQL. */
  readonly postgres: TcpProxy;
  /** Between the services and Kafka. */
  readonly kafka: TcpProxy;
  readonly outside: OutsideProducer;
  readonly operator: Operator;
}

type Process = ReturnType<System['service']>;

async function kill(struck: Process, ms: number): Promise<void> {
  await struck.kill('SIGKILL');
  await sleep(ms);
  if (!struck.running) struck.start();
}

async function roll(struck: Process, ms: number): Promise<void> {
  await struck.stop();
  await sleep(ms);
  if (!struck.running) struck.start();
  // Another fault may have struck it meanwhile.
  await struck.waitReady(ROLL_WAIT_MS).catch(() => undefined);
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

async function refuse(network: TcpProxy, ms: number): Promise<void> {
  network.refuse(true);
  await sleep(ms);
  network.refuse(false);
}

async function slow(network: TcpProxy, ms: number): Promise<void> {
  network.slow(SLOW_MS);
  await sleep(ms);
  network.slow(0);
}
