import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backing, ownServers, startBacking } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import { type Databases, databasesOf } from '../chaos/databases.js';
import { Ends } from '../ends.js';
import { readUnits } from '../facts.js';
import { revive } from '../revive.js';

/** So that cards without an answer end soon. The provider takes 3 s over a slow one. */
const BILLING = { PAYMENT_PROVIDER_TIMEOUT_MS: '4000', PAYMENT_TIMEOUT_S: '12' };

export interface WorldOptions {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** The whole system, one process of each service, straight on its own PostgreSQL and Kafka. */
export class World {
  private constructor(
    readonly system: System,
    readonly backing: Backing,
    readonly databases: Databases,
    /** Names of service processes that ended by themselves: they are started again. */
    readonly ended: readonly string[],
    /** Units of each SKU before anything was ordered. */
    readonly seeded: ReadonlyMap<string, number>,
    private readonly ends: Ends,
  ) {}

  static async start({ dir, signal, log }: WorldOptions): Promise<World> {
    await mkdir(dir, { recursive: true });
    const ends = new Ends();
    try {
      const backing = await startBacking({ dir: join(dir, 'backing'), source: ownServers(process.env), signal });
      ends.add(() => backing.stop());
      const ending = new AbortController();
      const ended: string[] = [];
      const system = await startSystem({
        dir: join(dir, 'system'),
        backing,
        env: { billing: BILLING, all: { LOG_LEVEL: 'warn' } },
        signal,
        onDeath: revive({ ended, ending: ending.signal, log }),
      });
      ends.add(() => system.stop());
      ends.add(() => ending.abort());
      const databases = databasesOf(backing.postgres);
      return new World(system, backing, databases, ended, await readUnits(databases.orders), ends);
    } catch (error) {
      await ends.run();
      throw error;
    }
  }

  get gatewayUrl(): string {
    return this.system.service('gateway').url;
  }

  get identityUrl(): string {
    return this.system.tool('identity').url;
  }

  async stop(): Promise<void> {
    await this.ends.run();
  }
}
