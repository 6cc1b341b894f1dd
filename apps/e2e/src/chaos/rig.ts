import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backing, ownServers, startBacking, TcpProxy } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import { ofEach } from '@dozen/manifest';
import { Ends } from '../ends.js';
import { revive } from '../revive.js';
import { openShop, type Shop } from '../shop.js';
import { type Databases, databasesOf } from './databases.js';
import { Operator } from './operator.js';
import { OutsideProducer } from './outside-producer.js';
import { watchParked } from './parked.js';
import { Platform } from './platform.js';
import { clockSkews, INSTANCES } from './schedule.js';

/** The payment's timeout is short, so that cards without an answer end within a run. The provider takes 3 s over a slow one. */
const BILLING = { PAYMENT_PROVIDER_TIMEOUT_MS: '4000', PAYMENT_TIMEOUT_S: '12' };
const CLOCK = new URL('skewed-clock.js', import.meta.url).href;

export interface RigOptions {
  readonly dir: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * The whole system, two processes of each service, the second with a wrong clock, and a bad network to PostgreSQL and
 * Kafka. A process that ends by itself is started again, as a platform would do, and counted.
 */
export class Rig {
  private constructor(
    /** Names of processes that ended by themselves. */
    readonly ended: readonly string[],
    /** Names of processes that were not live any more. */
    readonly restarted: readonly string[],
    /** The address for the judge, which does not pass the bad network. */
    readonly databases: Databases,
    readonly system: System,
    readonly backing: Backing,
    readonly postgres: TcpProxy,
    readonly kafka: TcpProxy,
    readonly outside: OutsideProducer,
    readonly operator: Operator,
    private readonly ends: Ends,
  ) {}

  static async start(options: RigOptions): Promise<Rig> {
    const ends = new Ends();
    try {
      const { kafka, backing, postgres } = await startServers(options, ends);
      const databases = databasesOf(backing.postgres);
      const kafkaUrl = `kafka://127.0.0.1:${kafka.port}`;
      const env = environments(databases, postgres, kafkaUrl);
      const ended: string[] = [];
      const ending = new AbortController();
      const system = await startServices(options, { backing, env, ended, ending: ending.signal });
      ends.add(() => system.stop());
      await watchParked(databases);
      const outside = new OutsideProducer(kafkaUrl);
      ends.add(() => outside.stop());
      const operator = new Operator({
        databases,
        environmentOf: (service) => system.environmentOf(service),
        signal: ending.signal,
      });
      const platform = new Platform(options.log);
      const watching = platform.watch(system.services, ending.signal);
      ends.add(() => {
        ending.abort();
        return watching;
      });
      return new Rig(ended, platform.restarted, databases, system, backing, postgres, kafka, outside, operator, ends);
    } catch (error) {
      await ends.run();
      throw error;
    }
  }

  /** Requests go to the gateways in turn, whether they live or not. */
  shop(customer: string): Promise<Shop> {
    let turn = 0;
    const gatewayUrl = (): string => this.system.service('gateway', turn++ % INSTANCES).url;
    return openShop({ gatewayUrl, identityUrl: this.system.tool('identity').url, customer });
  }

  async stop(): Promise<void> {
    await this.ends.run();
  }
}

/** PostgreSQL and Kafka, each behind a proxy. */
async function startServers(
  { dir, signal }: RigOptions,
  ends: Ends,
): Promise<{ kafka: TcpProxy; backing: Backing; postgres: TcpProxy }> {
  await mkdir(dir, { recursive: true });
  // The broker must know the proxy's port, and the proxy then the broker's.
  const kafka = await TcpProxy.start(() => backing.kafka.proxiedPort ?? 0);
  ends.add(() => kafka.stop());
  const backing = await startBacking({
    dir: join(dir, 'backing'),
    kafkaProxyPort: kafka.port,
    source: ownServers(process.env),
    signal,
  });
  ends.add(() => backing.stop());
  const postgres = await TcpProxy.start(() => Number(new URL(backing.postgres.adminUrl).port));
  ends.add(() => postgres.stop());
  return { kafka, backing, postgres };
}

/** What each service has in its environment beside the usual: servers by way of their proxies. */
function environments(
  databases: Databases,
  postgres: TcpProxy,
  KAFKA_URL: string,
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(databases).map(([name, url]) => {
      const own = name === 'billing' ? BILLING : {};
      return [name, { DATABASE_URL: through(postgres, url), KAFKA_URL, ...own }];
    }),
  );
}

async function startServices(
  { dir, seed, signal, log }: RigOptions,
  rig: { backing: Backing; env: Record<string, Record<string, string>>; ended: string[]; ending: AbortSignal },
): Promise<System> {
  const { backing, env, ended, ending } = rig;
  const skews = clockSkews(seed);
  return startSystem({
    dir: join(dir, 'system'),
    backing,
    instances: ofEach(() => INSTANCES),
    env,
    instanceEnv: (service, index) => (index === 0 ? {} : skewed(skews[service])),
    signal,
    onDeath: revive({ ended, ending, log }),
  });
}

function through(proxy: TcpProxy, url: string): string {
  const changed = new URL(url);
  changed.port = String(proxy.port);
  return changed.href;
}

function skewed(ms: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=${CLOCK}`, CHAOS_CLOCK_SKEW_MS: String(ms) };
}
