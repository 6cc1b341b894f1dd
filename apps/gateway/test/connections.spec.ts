import pg from 'pg';
import { loadConfig } from '@dozen/config';
import { gatewayService } from '../src/index.js';
import { startGateway } from './support/gateway.js';

/** With cache and sessions in the gateway's own database, as they are by default. */
describe('the connections of a gateway beside its pool', () => {
  it('are those that it says, and no other', async () => {
    const gateway = await startGateway({ env: { DATABASE_POOL_MAX: '2' } });
    const options = gateway.dataSource.options as { readonly url: string };
    const watcher = new pg.Client({ connectionString: options.url, application_name: 'watcher' });
    try {
      await watcher.connect();
      const env = { NODE_ENV: 'test', AUTH_ISSUER: 'x', AUTH_JWKS_URL: 'https://x', KAFKA_URL: 'kafka://x:1' };
      const own = gatewayService.connections(loadConfig(gatewayService.config, { ...env, DATABASE_URL: options.url }));
      expect(own.map(({ applicationName }) => applicationName)).toEqual(['gateway cache', 'gateway session']);

      const most = new Map<string, number>();
      const load = Promise.all(
        Array.from({ length: 60 }, async () => {
          await gateway.call('/v1/session', { method: 'POST' });
          await gateway.call('/v1/products');
        }),
      );
      const ended = new AbortController();
      void load.finally(() => ended.abort()).catch(() => undefined);
      while (!ended.signal.aborted) {
        const { rows } = await watcher.query<{ name: string; count: number }>(
          `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'gateway %' GROUP BY 1`,
        );
        for (const { name, count } of rows) most.set(name, Math.max(most.get(name) ?? 0, count));
      }
      await load;
      // The cache may be given up under load, and then has no connection; the session's is always there.
      expect(most.has('gateway session')).toBe(true);
      expect([...most.keys()].filter((name) => own.every(({ applicationName }) => applicationName !== name))).toEqual(
        [],
      );
      for (const { applicationName, most: limit } of own) {
        expect(most.get(applicationName) ?? 0).toBeLessThanOrEqual(limit);
      }
    } finally {
      await watcher.end();
      await gateway.stop();
    }
  });
});
