import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@dozen/demo';
import type { BenchContext } from '../benchmark.js';
import { ALL_IN_ONE, type Layout, SPLIT } from './layouts.js';
import { type Doors, doorsOf, SKUS } from './shop.js';
import { startStock } from './stock/start.js';

/** A running system, as a client and whoever watches its orders see it. */
export interface Opened extends Doors {
  readonly gatewayDatabaseUrl: string;
  stop(): Promise<void>;
}

/** What is measured. */
export interface Subject {
  readonly name: string;
  /** What the orders want, in turns. */
  readonly skus: readonly string[];
  /** Whether a client can follow an order by a stream of events. */
  readonly streams: boolean;
  open(context: Pick<BenchContext, 'backing' | 'signal'>): Promise<Opened>;
}

export const TOGETHER = dozen(ALL_IN_ONE);
export const APART = dozen(SPLIT);
export const ONE_PRODUCT: Subject = {
  ...TOGETHER,
  name: `${TOGETHER.name}, all orders of one product`,
  skus: SKUS.slice(0, 1),
};

/** The same flow as a user would write it with stock Nest: no outbox, no claims, no jobs. */
export const STOCK: Subject = {
  name: 'stock Nest, one process per service',
  skus: SKUS,
  streams: false,
  open: ({ backing, signal }) => startStock({ backing, signal, skus: [...new Set(SKUS)] }),
};

function dozen({ name, options }: Layout): Subject {
  return {
    name,
    skus: SKUS,
    streams: true,
    async open({ backing, signal }) {
      const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-system-'));
      const running = await startSystem({ ...options, dir, backing, signal, env: { all: { LOG_LEVEL: 'warn' } } });
      return {
        ...doorsOf(running),
        gatewayDatabaseUrl: backing.postgres.url('gateway'),
        async stop() {
          await running.stop();
          await rm(dir, { recursive: true, force: true });
        },
      };
    },
  };
}
