import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption, resolveBacking, startBacking } from '@dozen/backing';
import { startSystem } from '@dozen/demo';
import { load } from '../system/load.js';
import { OrderStreams, OVER } from '../system/order-streams.js';
import { doorsOf, Shop } from '../system/shop.js';
import { StatementMeter } from './statements.js';

/*
 * Guards against getting slower without noticing: what 50 orders at a fixed pace cost PostgreSQL, from the request until
 * their mails are sent. Counts hardly depend on the machine, where times do.
 */

const PACE = { perSecond: 5, seconds: 10 };
/** Per order, a fifth above what was counted: 241 to 261, 64 to 68, 21 to 23. Whoever lowers the cost lowers the bound. */
const MOST = { statements: 260, transactions: 72, fsyncs: 22 };

const signal = interruption();
const dir = await mkdtemp(join(tmpdir(), 'dozen-guard-'));
try {
  const backing = await startBacking({ dir: join(dir, 'backing'), source: resolveBacking(process.env), signal });
  try {
    const meter = await StatementMeter.install(backing);
    const system = await startSystem({
      dir: join(dir, 'system'),
      backing,
      signal,
      env: { all: { LOG_LEVEL: 'warn' } },
    });
    try {
      const shop = await Shop.open(doorsOf(system));
      const client = { shop, watch: new OrderStreams(shop, OVER) };
      // The first orders of a process prepare its statements.
      await load(client, PACE, 0);
      let orders = 0;
      const { statements, transactions, fsyncs } = await meter.during(async () => {
        ({ orders } = await load(client, PACE, 0));
      });
      const calls = statements.reduce((sum, one) => sum + one.calls, 0);
      const found = { statements: calls / orders, transactions: transactions / orders, fsyncs: fsyncs / orders };
      for (const [name, most] of Object.entries(MOST)) {
        const value = found[name as keyof typeof MOST];
        process.stdout.write(`    ${name.padEnd(14)} ${value.toFixed(1).padStart(6)} per order, at most ${most}\n`);
        if (value > most) process.exitCode = 1;
      }
    } finally {
      await system.stop();
      await meter.close();
    }
  } finally {
    await backing.stop();
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
