import { loadConfig } from '@dozen/config';
import { SESSION_SETTINGS } from '@dozen/database';
import { createTestDatabase, eventually, ownBacking, type TestDatabase } from '@dozen/testing';
import pg from 'pg';
import { runCommand } from '../src/admin/program.js';
import { startService } from '../src/index.js';
import { pingService } from './pings.js';
import { environmentOf } from './support/environment.js';
import { HealthRig } from './support/health-rig.js';

/** Each legal for any role, and each a wrong result or an error where it is in force. */
const HOSTILE = {
  search_path: 'elsewhere',
  TimeZone: 'Pacific/Kiritimati',
  DateStyle: 'German',
  bytea_output: 'escape',
  array_nulls: 'off',
  default_transaction_isolation: 'serializable',
  synchronous_commit: 'off',
  statement_timeout: '1',
};
const rig = new HealthRig();
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await rig.stop();
  await database.drop();
}, 40_000);

async function sql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('a service whose database has settings of its own', () => {
  it('migrates, sends, handles and sends again as with the usual ones', async () => {
    const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
    for (const [setting, value] of Object.entries(HOSTILE)) {
      await sql(
        database.url,
        `SET statement_timeout = 0; ALTER DATABASE ${name} SET ${setting} = ${pg.escapeLiteral(value)}`,
      );
    }
    const only = await rig.start({ DATABASE_URL: database.url });
    const id = await only.ping('x');
    await eventually(async () => {
      expect(await only.steps(id)).toEqual(['requested', 'handled', 'echoed']);
    });
  });

  it('that a pooler keeps from sessions starts nothing, says why, and starts when they are mended', async () => {
    const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
    const service = pingService();
    const env = environmentOf(database);
    expect(await runCommand(service, ['migrate'], env)).toBe(0);
    await sql(database.url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    // As behind a pooler that ignores start-up options: what stands in the URL replaces ours.
    const DATABASE_URL = `${database.url}?options=-c%20search_path%3Dpublic`;
    const config = { ...loadConfig(service.config, env), DATABASE_URL };
    const { url, stop } = await startService(service, { config, exit: () => undefined });
    const reason = expect.stringContaining("synchronous_commit is 'off', not 'on'");
    const readiness = async () => (await fetch(`${url}/readyz`)).json();
    try {
      await eventually(async () => expect(await readiness()).toMatchObject({ checks: { database: { reason } } }));
      expect(await readiness()).toMatchObject({ checks: { migrations: { ok: false, reason } } });
      expect((await fetch(`${url}/pings/x`)).status).toBe(503);
      for (const [setting, value] of Object.entries(SESSION_SETTINGS)) {
        await sql(database.url, `ALTER DATABASE ${name} SET ${setting} = ${pg.escapeLiteral(value)}`);
      }
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), { timeoutMs: 20_000 });
    } finally {
      await stop();
    }
  }, 40_000);

  it('that cannot be written is not ready, and says why', async () => {
    const only = await rig.start({ DATABASE_URL: database.url }, { policy: { databaseGraceMs: 0 } });
    const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
    await sql(database.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await sql(
      database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE '% probe'`,
    );
    await eventually(async () => {
      const { status, checks } = await only.probe('readyz');
      expect({ status, database: checks['database'] }).toEqual({
        status: 503,
        database: { ok: false, reason: expect.stringContaining('default_transaction_read_only') },
      });
    });
  });
});

describe('a service whose URL leads to a standby', () => {
  it('is not ready, and says where the URL must lead', async () => {
    const backing = await ownBacking('postgres');
    try {
      const url = await backing.postgres.ensureDatabase('service');
      const only = await rig.start({ DATABASE_URL: url }, { policy: { databaseGraceMs: 0 } });
      // What makes a server a standby at its next start; it has nobody to follow, and needs none to refuse writes.
      await sql(backing.postgres.adminUrl, `COPY (SELECT 1) TO PROGRAM 'touch standby.signal; cat >/dev/null'`);
      await backing.postgres.restart();
      await eventually(
        async () => {
          const { status, checks } = await only.probe('readyz');
          expect({ status, database: checks['database'] }).toEqual({
            status: 503,
            database: { ok: false, reason: expect.stringContaining('leads to a standby') },
          });
          expect((await only.probe('livez')).status).toBe(200);
        },
        { timeoutMs: 20_000 },
      );
    } finally {
      await rig.stop();
      await backing.stop();
    }
  }, 90_000);
});
