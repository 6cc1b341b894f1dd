import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backing, startBacking } from '@dozen/backing';
import { fromEnvironment, TEST_ENVIRONMENT } from './environment.js';

/**
 * A server of the test's own, to be killed and frozen; the run's serves as the other one. `stop` also removes its data.
 * Takes some seconds to start: for tests of faults alone.
 */
export async function ownBacking(which: 'postgres' | 'kafka'): Promise<Backing> {
  const source =
    which === 'kafka'
      ? { postgresUrl: fromEnvironment(TEST_ENVIRONMENT.postgres) }
      : { kafkaUrl: fromEnvironment(TEST_ENVIRONMENT.kafka) };
  const dir = await mkdtemp(join(tmpdir(), `dozen-test-${which}-`));
  try {
    const backing = await startBacking({ dir, source });
    return {
      ...backing,
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
