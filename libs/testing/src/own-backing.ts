import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backing,
  type BackingOptions,
  type KafkaBacking,
  ownServers,
  startBacking,
  TcpProxy,
} from '@dozen/backing';
import { fromEnvironment, TEST_ENVIRONMENT } from './environment.js';

export interface OwnBacking extends Backing {
  /** Where its data is, `kafka/data` that of Kafka's topics. */
  readonly dir: string;
}

/**
 * A server of the test's own, to be killed and frozen; the run's serves as the other one. `stop` also removes its data.
 * Takes some seconds to start: for tests of faults alone.
 */
export async function ownBacking(
  which: 'postgres' | 'kafka',
  options: Pick<BackingOptions, 'kafkaProxyPort'> = {},
): Promise<OwnBacking> {
  const source =
    which === 'kafka'
      ? { postgresUrl: fromEnvironment(TEST_ENVIRONMENT.postgres) }
      : { kafkaUrl: fromEnvironment(TEST_ENVIRONMENT.kafka) };
  const dir = await mkdtemp(join(tmpdir(), `dozen-test-${which}-`));
  try {
    const backing = await startBacking({ ...options, dir, source: { ...ownServers(process.env), ...source } });
    return {
      ...backing,
      dir,
      stop: async () => {
        await backing.stop();
        await rm(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** `kafka.url` leads past the proxy, `proxiedUrl` through it. */
export interface ProxiedKafka {
  readonly kafka: KafkaBacking;
  /** See `OwnBacking`. */
  readonly dir: string;
  readonly proxy: TcpProxy;
  readonly proxiedUrl: string;
  stop(): Promise<void>;
}

/** See `ownBacking`; some of its clients may come through a proxy that loses, delays or cuts what they hear. */
export async function ownProxiedKafka(): Promise<ProxiedKafka> {
  const proxy: TcpProxy = await TcpProxy.start(() => backing.kafka.proxiedPort ?? 0);
  const backing = await ownBacking('kafka', { kafkaProxyPort: proxy.port });
  return {
    kafka: backing.kafka,
    dir: backing.dir,
    proxy,
    proxiedUrl: `kafka://127.0.0.1:${proxy.port}`,
    stop: async () => {
      await proxy.stop();
      await backing.stop();
    },
  };
}
