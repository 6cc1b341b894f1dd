import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Findings } from '../finding.js';
import type { OpenOrders } from '../open-orders.js';
import type { Replay } from '../options.js';
import { pursue } from '../pursue.js';
import { caseAt, seedOf } from '../seeds.js';
import type { Stores } from '../stores.js';
import type { World } from '../world.js';
import { Canaries } from './canaries.js';
import { readFates } from './fates.js';
import { PARTITIONS } from './partition.js';
import { madeRecord } from './record.js';
import { PLACE, recordCases } from './record-case.js';
import { judgeRecord, recordFault } from './record-oracle.js';
import type { RecordCase } from './record-oddity.js';
import { Sender, type SentRecord } from './sender.js';
import { recordCaseOf, shown } from './shown-case.js';

/** Records between two canaries of a partition. */
export const GROUP = 60;
/** One group of so many goes by librdkafka, where it is there. */
const LIBRDKAFKA_EVERY = 4;
/** How much later than the canary the slower consumers of a topic may be, in ms. */
const EXPLAIN_MS = 5_000;
const LOOK_EVERY_MS = 200;
/** How long a smaller case is looked for, in ms: with each record that is taken the fuzz waits for the end of its order. */
const SHRINK_MS = { one: 30_000, all: 120_000 };
/** A single record is given so long to be final, when it is sent again. */
const AGAIN_MS = 6_000;

export interface KafkaFuzzOptions {
  readonly world: World;
  readonly stores: Stores;
  readonly orders: OpenOrders;
  readonly seed: number;
  readonly findings: Findings;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A group of records after which a partition stood still, or a process ended. */
export interface Wreck {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly why: string;
}

/** An external producer. */
export class KafkaFuzz {
  readonly #options: KafkaFuzzOptions;
  readonly #sender: Sender;
  readonly #canaries: Canaries;
  /** What dead letters may be of: `topic/partition/offset`. */
  readonly #sentTo = new Set<string>();
  #done = 0;
  #refused = 0;
  #shrunkMs = 0;
  #wreck: Wreck | undefined;

  private constructor(options: KafkaFuzzOptions, sender: Sender, canaries: Canaries) {
    this.#options = options;
    this.#sender = sender;
    this.#canaries = canaries;
  }

  static async open(options: KafkaFuzzOptions): Promise<KafkaFuzz> {
    const { world, stores } = options;
    return new KafkaFuzz(options, await Sender.open(world.backing.kafka.url), await Canaries.open(world, stores));
  }

  get done(): number {
    return this.#done;
  }

  get refused(): number {
    return this.#refused;
  }

  get hasLibrdkafka(): boolean {
    return this.#sender.hasLibrdkafka;
  }

  get canaries(): readonly string[] {
    return this.#canaries.placed;
  }

  /** What nothing more can be found behind. */
  get wreck(): Wreck | undefined {
    return this.#wreck;
  }

  isPlanted(place: string): boolean {
    return this.#sentTo.has(place);
  }

  /** Sends the cases `from` to `to`, `to` not included: groups of them, each to a partition with a canary behind. */
  async run(from: number, to: number, stop: () => boolean): Promise<void> {
    let next = from;
    const worker = async (partition: number): Promise<void> => {
      while (next < to && this.#wreck === undefined && !stop() && !this.#options.signal.aborted) {
        const first = next;
        next = Math.min(to, next + GROUP);
        await this.group(first, next, partition);
      }
    };
    await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => worker(partition)));
  }

  /** Resolves with what is broken for good behind the group. */
  async group(from: number, to: number, partition: number): Promise<Wreck | undefined> {
    const { seed } = this.#options;
    const cases = Array.from({ length: to - from }, (_, at) => ({
      index: from + at,
      one: recordCaseOf(seed, from + at),
    }));
    const sent = await this.#send(cases, partition, Math.floor(from / GROUP) % LIBRDKAFKA_EVERY === 0);
    this.#done += sent.length;
    const why = await this.#canaries.pass(partition);
    if (why !== undefined) {
      this.#wreck ??= { from, to, why };
      return this.#wreck;
    }
    for (const {
      sent: { index, one },
      fault,
    } of await this.#explain(sent))
      await this.#report(index, one, fault, partition);
    return undefined;
  }

  /** Sends what a finding names. */
  async replay({ from, to, path }: Replay): Promise<void> {
    if (path === undefined) {
      await this.group(from, to + 1, from % PARTITIONS);
      return;
    }
    const one = await caseAt(recordCases, this.#seedOf(from), path);
    const fault = await this.#again(one, from, from % PARTITIONS);
    this.#options.log(shown(one));
    if (fault === undefined) return;
    this.#options.findings.add({
      fault,
      sent: shown(one),
      replay: { kind: 'kafka', from, to: from, path },
      afterCases: 1,
    });
  }

  /** The order of a case is not final. */
  async notFinal(index: number, status: string | undefined): Promise<void> {
    const one = recordCaseOf(this.#options.seed, index);
    await this.#report(index, one, recordFault(one, `an order that stays ${status ?? 'unknown'}`), index % PARTITIONS);
  }

  async stop(): Promise<void> {
    this.#sender.stop();
    await this.#canaries.stop();
  }

  #seedOf(index: number): number {
    return seedOf(this.#options.seed, { kind: 'kafka', index });
  }

  async #send(
    cases: readonly { index: number; one: RecordCase }[],
    partition: number,
    byLibrdkafka: boolean,
  ): Promise<SentRecord[]> {
    const unsent = cases.map(({ index, one }) => ({ index, one, partition, made: madeRecord(one, partition) }));
    const sent = await this.#sender.send(unsent, byLibrdkafka);
    for (const { made, offset, refused } of sent) {
      if (refused !== undefined) this.#refused += 1;
      if (offset !== undefined) this.#sentTo.add(`${made.topic}/${partition}/${offset}`);
    }
    return sent;
  }

  /** Faults that stay after the slower consumers have had their turn, too. */
  async #explain(sent: readonly SentRecord[]): Promise<{ readonly sent: SentRecord; readonly fault: Fault }[]> {
    const deadline = performance.now() + EXPLAIN_MS;
    for (;;) {
      const fates = await readFates(this.#options.stores, sent);
      const faults = sent.flatMap((one) => {
        const fault = judgeRecord(one, fates);
        return fault === undefined ? [] : [{ sent: one, fault }];
      });
      if (faults.length === 0 || performance.now() > deadline) {
        for (const { one, made, index } of sent)
          if (one.type === PLACE && fates.hasOrder(made.subject)) this.#options.orders.add(made.subject, index);
        return faults;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #report(index: number, one: RecordCase, fault: Fault, partition: number): Promise<void> {
    const { findings, seed: runSeed, log } = this.#options;
    const began = performance.now();
    await pursue({
      findings,
      arbitrary: recordCases,
      runSeed,
      id: { kind: 'kafka', index },
      suspect: { fault, sent: shown(one) },
      again: async (candidate) => {
        const again = await this.#again(candidate, index, partition);
        return again === undefined ? undefined : { fault: again, sent: shown(candidate) };
      },
      afterCases: this.#done,
      forMs: Math.min(SHRINK_MS.one, SHRINK_MS.all - this.#shrunkMs),
      log,
    });
    this.#shrunkMs += performance.now() - began;
  }

  /** One record alone, up to the end of its order. */
  async #again(one: RecordCase, index: number, partition: number): Promise<Fault | undefined> {
    const sent = await this.#send([{ index, one }], partition, false);
    const why = await this.#canaries.pass(partition);
    if (why !== undefined) return recordFault(one, 'a partition stands still', why);
    const [fault] = await this.#explain(sent);
    if (fault !== undefined) return fault.fault;
    const id = sent[0]?.made.subject;
    if (one.type !== PLACE || id === undefined) return undefined;
    const status = await this.#stays(id);
    return status === undefined ? undefined : recordFault(one, `an order that stays ${status}`);
  }

  /** In which state an order stays that was handled; undefined when it is final, or is none. */
  async #stays(id: string): Promise<string | undefined> {
    const deadline = performance.now() + AGAIN_MS;
    const sql = 'SELECT status FROM orders WHERE id = $1';
    const [known] = await this.#options.stores.query<{ status: string }>('orders', sql, [id]);
    if (known === undefined) return undefined;
    for (;;) {
      const [row] = await this.#options.stores.query<{ status: string }>('gateway', sql, [id]);
      if (row !== undefined && ['confirmed', 'rejected', 'cancelled'].includes(row.status)) return undefined;
      if (performance.now() > deadline) return row?.status ?? 'unknown';
      await sleep(LOOK_EVERY_MS);
    }
  }
}
