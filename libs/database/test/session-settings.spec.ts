import pg from 'pg';
import { DatabaseProbe, installJobs, SESSION_SETTINGS, UnitsOfWork } from '../src/index.js';
import { createTestDatabase, eventually, TableOutbox, type TestDatabase } from './support/database.js';
import { JobsBench, noting, queueOf } from './support/jobs-bench.js';

/** Each legal for any role, and each wrong for us. */
const HOSTILE: Readonly<Record<string, string>> = {
  search_path: 'elsewhere',
  TimeZone: 'Pacific/Kiritimati',
  DateStyle: 'German',
  IntervalStyle: 'sql_standard',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  default_transaction_isolation: 'serializable',
  synchronous_commit: 'off',
  statement_timeout: '1h',
  lock_timeout: '1h',
  transaction_timeout: '1h',
  idle_in_transaction_session_timeout: '1h',
  idle_session_timeout: '1h',
};

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function alterDatabase(settings: Readonly<Record<string, string>>, of = database): Promise<void> {
  const name = pg.escapeIdentifier(new URL(of.config.DATABASE_URL).pathname.slice(1));
  for (const [setting, value] of Object.entries(settings)) {
    await of.query(`ALTER DATABASE ${name} SET ${setting} = ${pg.escapeLiteral(value)}`);
  }
}

describe('a session', () => {
  it('is what the code counts on, whatever the database says', async () => {
    await alterDatabase(HOSTILE);
    const dataSource = await database.open();
    for (const [name, wanted] of Object.entries(SESSION_SETTINGS)) {
      expect(await dataSource.query('SELECT current_setting($1) AS is', [name])).toEqual([{ is: wanted }]);
    }
    expect(Object.keys(HOSTILE)).toEqual(Object.keys(SESSION_SETTINGS));
  });

  it('of the jobs is, too: they are installed, enqueued and performed in such a database', async () => {
    const queue = queueOf('work');
    const bench = await JobsBench.create([queue]);
    await alterDatabase(HOSTILE, bench.database);
    await installJobs(bench.database.config.DATABASE_URL, [queue]);
    const dataSource = await bench.database.open();
    const units = new UnitsOfWork({ dataSource, outbox: new TableOutbox() });
    await bench.serve(queue, (job) => noting(queue, job));
    await units.run((unit) => bench.producer.enqueue(unit, queue, { n: 1 }));
    await eventually(async () => (await bench.effects(queue)).length === 1);
    await bench.stopAll();
    await bench.database.drop();
  });
});

describe('the probe of a database', () => {
  async function probed(url = database.config.DATABASE_URL): Promise<unknown> {
    const probe = new DatabaseProbe({ ...database.config, DATABASE_URL: url }, 'under-test');
    try {
      return await probe.ask().catch((error: unknown) => error);
    } finally {
      await probe.close();
    }
  }

  it('finds nothing where settings are hostile, since sessions are begun with ours', async () => {
    await alterDatabase(HOSTILE);
    expect(await probed()).toBeUndefined();
  });

  it('says that nothing can be written', async () => {
    await alterDatabase({ default_transaction_read_only: 'on' });
    expect(await probed()).toMatchObject({ code: 'DB-READ-ONLY' });
  });

  it('names what a pooler has dropped', async () => {
    await alterDatabase({ TimeZone: 'Pacific/Kiritimati' });
    // As behind a pooler that ignores start-up options: what stands in the URL replaces ours.
    const url = new URL(database.config.DATABASE_URL);
    url.searchParams.set('options', '-c search_path=public');
    const thrown = await probed(url.href);
    expect(thrown).toMatchObject({ code: 'DB-SESSION' });
    expect(String(thrown)).toContain("TimeZone is 'Pacific/Kiritimati', not 'UTC'");
  });
});
