import { isInfrastructureError, UnitsOfWork } from '../src/index.js';
import { eventually, rejection } from './support/database.js';
import { HoldingProxy } from './support/holding-proxy.js';
import { backend, insert, Notes } from './support/notes.js';

let notes: Notes;
beforeAll(async () => {
  notes = await Notes.create();
});
beforeEach(() => notes.reset());
afterAll(() => notes.database.drop());

describe('a connection that does not open', () => {
  it.each([
    ['an unknown user (28000)', { username: 'nobody' }],
    ['an unknown database (3D000)', { pathname: '/nowhere' }],
    ['TLS that the server has not', { search: '?sslmode=require' }],
    ['a certificate that is gone (ENOENT)', { search: '?sslmode=require&sslrootcert=/nowhere' }],
  ])('is infrastructure: %s', async (_, part) => {
    const { config } = notes.database;
    const { href } = Object.assign(new URL(config.DATABASE_URL), part);
    const thrown = await rejection(notes.database.open({ config: { ...config, DATABASE_URL: href } }));
    expect(isInfrastructureError(thrown)).toBe(true);
  });
});

describe('a terminated backend', () => {
  it.each([
    ['between statements', false],
    ['under a statement', true],
  ])('%s is infrastructure, and the next unit gets another connection', async (_, running) => {
    const thrown = await rejection(
      notes.units.run(async (unit) => {
        await insert(unit.manager, 1);
        const pid = await backend(unit.manager);
        const statement = running ? rejection(unit.manager.query('SELECT pg_sleep(30)')) : undefined;
        await notes.database.query('SELECT pg_terminate_backend($1)', [pid]);
        await eventually(async () => !(await notes.alive(pid)));
        if (statement !== undefined) throw await statement;
        await insert(unit.manager, 2);
      }),
    );
    expect(isInfrastructureError(thrown)).toBe(true);
    await notes.units.run((unit) => insert(unit.manager, 3));
    expect(await notes.ids()).toEqual([3]);
  });

  it('that was only just connected is infrastructure for whoever gets it', async () => {
    const { config } = notes.database;
    const proxy = await HoldingProxy.before(config.DATABASE_URL);
    const url = proxy.through(config.DATABASE_URL);
    const victim = await notes.database.open({
      service: 'late-victim',
      config: { ...config, DATABASE_URL: url, DATABASE_POOL_IDLE_MS: 1 },
    });
    const backends = `FROM pg_stat_activity WHERE application_name = 'late-victim'`;
    // So that the next statement connects anew.
    await eventually(async () => (await notes.database.query(`SELECT 1 ${backends}`)).length === 0);
    // What the server says when the connection is up.
    proxy.holdFrom('server_version');
    const statement = rejection(victim.query('SELECT 1'));
    await eventually(() => proxy.held.includes('server_version'));
    await notes.database.query(`SELECT pg_terminate_backend(pid) ${backends}`);
    await eventually(() => proxy.held.includes('FATAL'));
    // In one piece with its last word, as a busy process finds it: the pool hands the connection on between the two.
    proxy.deliver();
    expect(isInfrastructureError(await statement)).toBe(true);
    proxy.close();
  });

  it('idle in the pool only reaches the pool error listener', async () => {
    const errors: Error[] = [];
    const watched = await notes.database.open({ service: 'idle-victim', onPoolError: (error) => errors.push(error) });
    await watched.query('SELECT 1');
    await notes.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle-victim'`,
    );
    await eventually(() => errors.length > 0);
    expect(errors.every(isInfrastructureError)).toBe(true);
    expect(JSON.stringify(errors)).not.toContain('secretKey');
    expect(await watched.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a pool with nothing left', () => {
  it('times out, which is infrastructure', async () => {
    const config = { ...notes.database.config, DATABASE_POOL_MAX: 1, DATABASE_CONNECT_TIMEOUT_MS: 200 };
    const tiny = await notes.database.open({ config });
    const tinyUnits = new UnitsOfWork({ dataSource: tiny, outbox: notes.outbox });
    await tinyUnits.run(async () => {
      expect(isInfrastructureError(await rejection(tinyUnits.run(() => Promise.resolve())))).toBe(true);
    });
  });

  it('is not what failing units leave behind', async () => {
    const config = { ...notes.database.config, DATABASE_POOL_MAX: 1, DATABASE_CONNECT_TIMEOUT_MS: 200 };
    const tinyUnits = new UnitsOfWork({ dataSource: await notes.database.open({ config }), outbox: notes.outbox });
    for (let round = 0; round < 3; round += 1) {
      await rejection(tinyUnits.run(() => Promise.reject(new Error('no'))));
    }
    await tinyUnits.run((unit) => insert(unit.manager, 1));
    expect(await notes.ids()).toEqual([1]);
  });

  it('and a server that is not there, too', async () => {
    const config = { ...notes.database.config, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(isInfrastructureError(await rejection(notes.database.open({ config })))).toBe(true);
  });
});
