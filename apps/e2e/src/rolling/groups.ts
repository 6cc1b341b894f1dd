import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '@dozen/kernel';
import { AssignerProtocol, type Admin, Kafka, logLevel } from 'kafkajs';

/** The precision of what is measured. */
const LOOK_EVERY_MS = 50;

/** One look at a consumer group. */
export interface GroupView {
  /** Epoch ms when the broker was asked. */
  readonly at: number;
  /** Every partition is somebody's, and no rebalance is under way. */
  readonly settled: boolean;
  readonly members: number;
  readonly partitions: number;
}

/** Watches one consumer group with a client that has nothing to do with Dozen's. */
export class GroupWatch {
  readonly views: GroupView[] = [];
  readonly #admin: Admin;
  readonly #group: string;
  readonly #ending = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  private constructor(admin: Admin, group: string) {
    this.#admin = admin;
    this.#group = group;
  }

  static async start(kafkaUrl: string, group: string): Promise<GroupWatch> {
    const kafka = new Kafka({ brokers: [new URL(kafkaUrl).host], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const watch = new GroupWatch(admin, group);
    watch.#looking = watch.#look();
    return watch;
  }

  /** The first look after `since` at the group settled with `members`; waits for it up to `withinMs`. */
  async settled({ since, members, withinMs }: { since: number; members: number; withinMs: number }): Promise<number> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = this.views.find((view) => view.at >= since && view.settled && view.members === members);
      if (found !== undefined) return found.at;
      if (performance.now() > deadline) {
        throw new Error(`group ${this.#group} did not settle with ${members}: ${JSON.stringify(this.views.at(-1))}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#looking;
    await this.#admin.disconnect();
  }

  async #look(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const at = Date.now();
      const { groups } = await this.#admin.describeGroups([this.#group]);
      const [{ state, members } = { state: 'Unknown', members: [] }] = groups;
      const partitions = members.flatMap(({ memberAssignment }) =>
        Object.values(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}).flat(),
      ).length;
      this.views.push({ at, settled: state === 'Stable' && partitions > 0, members: members.length, partitions });
      await pause(LOOK_EVERY_MS, this.#ending.signal);
    }
  }
}
