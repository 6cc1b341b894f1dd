import { loadConfig } from '@dozen/config';
import { newId } from '@dozen/kernel';
import { createTestDatabase, eventually, type TestDatabase } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { runCommand } from '../src/admin/program.js';
import { mostConnections, totalOf } from '../src/connections.js';
import { type RunningService, startService } from '../src/index.js';
import { pingService } from './pings.js';
import { environmentOf } from './support/environment.js';
import { postPing, stepsOf } from './support/ping-client.js';

const POOL_MAX = 2;
const REQUESTS = 200;

/** What DATABASE_POOL_MAX, and what a process holds beside it: an operator adds the fleet up by it. */
describe('the connections of a process to PostgreSQL', () => {
  const service = pingService();
  let database: TestDatabase;
  let running: RunningService;
  let watcher: DataSource;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = { ...environmentOf(database), DATABASE_POOL_MAX: String(POOL_MAX) };
    expect(await runCommand(service, ['migrate'], env)).toBe(0);
    watcher = await new DataSource({ type: 'postgres', url: database.url, applicationName: 'watcher' }).initialize();
    running = await startService(service, { env, exit: () => undefined });
    await running.ready();
  });
  afterAll(async () => {
    await running.stop();
    await watcher.destroy();
    await database.drop();
  });

  const held = async (): Promise<Record<string, number>> => {
    const rows: { name: string; count: number }[] = await watcher.query(
      `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name <> 'watcher' AND backend_type = 'client backend' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  };

  it('are at most those that config print adds up, each by its name, and more than the pool', async () => {
    const shares = mostConnections(service, loadConfig(service.config, env));
    const limits = new Map(shares.map(({ applicationName, most }) => [applicationName, most]));
    const most: Record<string, number> = {};
    let mostAtOnce = 0;
    const load = Array.from({ length: REQUESTS }, async () => {
      const id = newId();
      await postPing(running.url, { id, text: 'hello' });
      await fetch(`${running.url}/readyz`);
      await eventually(
        async () => {
          expect(await stepsOf(running.url, id)).toContain('echoed');
        },
        { timeoutMs: 60_000, everyMs: 200 },
      );
    });
    const done = Promise.all(load);
    const ended = new AbortController();
    void done.finally(() => ended.abort()).catch(() => undefined);
    while (!ended.signal.aborted) {
      const now = await held();
      for (const [name, count] of Object.entries(now)) most[name] = Math.max(most[name] ?? 0, count);
      mostAtOnce = Math.max(
        mostAtOnce,
        Object.values(now).reduce((sum, count) => sum + count, 0),
      );
    }
    await done;
    const beyond = Object.entries(most).filter(([name, count]) => count > (limits.get(name) ?? 0));
    expect(beyond).toEqual([]);
    expect(mostAtOnce).toBeLessThanOrEqual(totalOf(shares));
    expect(most[service.name]).toBe(POOL_MAX);
    expect(mostAtOnce).toBeGreaterThan(POOL_MAX);
  }, 90_000);

  it('are fewer in a process without job workers', () => {
    const config = loadConfig(service.config, { ...env, PROCESS_TYPES: 'web,consumer,relay' });
    expect(totalOf(mostConnections(service, config))).toBe(POOL_MAX + 2);
  });
});
