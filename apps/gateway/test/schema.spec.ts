import { loadConfig } from '@dozen/config';
import { notMigrated, tablesOf, undoMigrations } from '@dozen/service-testing';
import { createTestDatabase } from '@dozen/testing';
import { gatewayConfig } from '../src/config.js';
import { gatewayService } from '../src/service.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    // Indexes, checks, defaults and the foreign key are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$|^DROP INDEX /;
    expect(await notMigrated(gateway.dataSource, known)).toEqual([]);
  });

  it('can be undone', async () => {
    const days = /^idempotent_requests_\d{8}$/;
    expect((await tablesOf(gateway.dataSource)).filter((name) => !days.test(name))).toEqual([
      'idempotency_keys',
      'idempotent_requests',
      'idempotent_requests_spare',
      'migrations',
      'orders',
      'products',
      'timeline',
    ]);
    await undoMigrations(gateway.dataSource);
    expect(await tablesOf(gateway.dataSource)).toEqual(['migrations']);
  });
});

describe('what readiness names when `migrate` did not run', () => {
  const missingAt = (urls: Readonly<Record<string, string>>) =>
    gatewayService.unprepared(
      loadConfig(gatewayConfig, {
        NODE_ENV: 'test',
        RELEASE_ID: 'test',
        KAFKA_URL: 'kafka://127.0.0.1:1',
        AUTH_ISSUER: 'https://id.example.org',
        AUTH_AUDIENCE: 'dozen',
        AUTH_JWKS_URL: 'https://id.example.org/jwks.json',
        ...urls,
      }),
    );

  it('is the table of each store that is in PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      expect(await missingAt({ DATABASE_URL: database.url })).toEqual([
        'table cache.entries',
        'table session.sessions',
      ]);
      const nobody = 'postgres://nobody@127.0.0.1:1/none';
      expect(await missingAt({ DATABASE_URL: database.url, CACHE_URL: nobody })).toEqual(['table session.sessions']);
      expect(await missingAt({ DATABASE_URL: database.url, SESSION_STORE_URL: nobody })).toEqual([
        'table cache.entries',
      ]);
    } finally {
      await database.drop();
    }
  });
});
