import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backing, startBacking } from '@dozen/backing';
import { type Launched, ServiceProcess, startSystem, type System } from '@dozen/demo';
import { openShop, type Shop } from '../shop.js';
import { OutsideProducer } from './outside-producer.js';
import { clockSkews, INSTANCES, STRUCK } from './schedule.js';
import { TcpProxy } from './tcp-proxy.js';

const RESTART_DELAY_MS = 500;
const READY_MS = 2_000;
const CLOCK = new URL('skewed-clock.js', import.meta.url).href;

export interface RigOptions {
  readonly dir: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export type Databases = Readonly<Record<(typeof STRUCK)[number], string>>;

/**
 * The whole system, two processes of each service, the second with a wrong clock, and a bad network to PostgreSQL. A process that ends by itself is
 * started again, as a platform would do, and counted.
 */
export class Rig {
  private constructor(
    /** Names of processes that ended by themselves. */
    readonly ended: readonly string[],
    readonly system: System,
    readonly backing: Backing,
    readonly postgres: TcpProxy,
    readonly outside: OutsideProducer,
    private readonly ending: AbortController,
  ) {}

  static async start(options: RigOptions): Promise<Rig> {
    const { dir, seed, signal, log } = options;
    const skews = clockSkews(seed);
    await mkdir(dir, { recursive: true });
    const backing = await startBacking({ dir: join(dir, 'backing'), signal });
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(backing.postgres.adminUrl).port) });
    const ending = new AbortController();
    const ended: string[] = [];
    const onDeath = (process: Launched, error: Error): void => {
      // Admin processes end when they are done.
      if (ending.signal.aborted || !(process instanceof ServiceProcess)) return;
      ended.push(process.name);
      log(`${error.message.split('\n')[0] ?? process.name} It is started again.`);
      const again = async (): Promise<void> => {
        await sleep(RESTART_DELAY_MS, undefined, { signal: ending.signal });
        if (!process.running) process.start();
      };
      again().catch(() => undefined);
    };
    try {
      const system = await startSystem({
        dir: join(dir, 'system'),
        backing,
        instances: Object.fromEntries(STRUCK.map((name) => [name, INSTANCES])),
        env: Object.fromEntries(
          STRUCK.map((name) => [name, { DATABASE_URL: through(proxy, backing.postgres.url(name)) }]),
        ),
        instanceEnv: (service, index) => (index === 0 ? {} : skewed(skews[service])),
        signal,
        onDeath,
      });
      return new Rig(ended, system, backing, proxy, new OutsideProducer(backing.kafka.url), ending);
    } catch (error) {
      await proxy.stop();
      await backing.stop();
      throw error;
    }
  }

  /** By the straight way, for the judge. */
  get databases(): Databases {
    const url = (name: (typeof STRUCK)[number]): string => this.backing.postgres.url(name);
    return { gateway: url('gateway'), orders: url('orders'), billing: url('billing'), notifier: url('notifier') };
  }

  /** Requests go to the gateways in turn, whether they live or not. */
  shop(customer: string): Promise<Shop> {
    let turn = 0;
    const gatewayUrl = (): string => this.system.service('gateway', turn++ % INSTANCES).url;
    return openShop({ gatewayUrl, identityUrl: this.system.tool('identity').url, customer });
  }

  /** One sentence per service process that is not ready, with what it says. */
  async notReady(): Promise<string[]> {
    const answers = await Promise.all(
      this.system.services.map(async ({ name, url }) => {
        try {
          const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READY_MS) });
          return answer.ok ? [] : [`${name} is not ready: ${await answer.text()}`];
        } catch (error) {
          return [`${name} does not answer: ${String(error)}`];
        }
      }),
    );
    return answers.flat();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.outside.stop();
    await this.system.stop();
    await this.postgres.stop();
    await this.backing.stop();
  }
}

function through(proxy: TcpProxy, url: string): string {
  const changed = new URL(url);
  changed.port = String(proxy.port);
  return changed.href;
}

function skewed(ms: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=${CLOCK}`, CHAOS_CLOCK_SKEW_MS: String(ms) };
}
