import { type AddressInfo, createServer } from 'node:net';
import { newId } from '@dozen/kernel';
import { createTestDatabase, eventually, type TestDatabase } from '@dozen/testing';
import { createLogger } from '@dozen/telemetry';
import { runCommand } from '../src/admin/program.js';
import { type RunningService, startService } from '../src/index.js';
import { pingService } from './pings.js';
import { admin } from './support/admin.js';
import { environmentOf } from './support/environment.js';
import { postPing, probe, stepsOf } from './support/ping-client.js';

describe('a service', () => {
  let database: TestDatabase;
  let env: ReturnType<typeof environmentOf>;
  const running: RunningService[] = [];
  const exits: number[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    env = environmentOf(database);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
    exits.splice(0);
    await database.drop();
  });

  const start = async (service: ReturnType<typeof pingService>, more: Record<string, string> = {}) => {
    const started = await startService(service, { env: { ...env, ...more }, exit: (code) => void exits.push(code) });
    running.push(started);
    return started;
  };
  const readiness = (url: string) => probe(url, 'readyz');

  it('carries a request through outbox, broker, inbox and job', async () => {
    const service = pingService();
    expect(await runCommand(service, ['migrate'], env)).toBe(0);
    expect(await runCommand(service, ['seed'], env)).toBe(0);
    const { url, ready } = await start(service);
    await ready();
    const id = newId();
    expect((await postPing(url, { id, text: 'hello' })).status).toBe(201);
    await eventually(async () => expect(await stepsOf(url, id)).toEqual(['requested', 'handled', 'echoed']));
    expect(await stepsOf(url, 'seed')).toEqual(['seeded']);
  });

  it('is not ready while something is missing that migrate prepares beside its tables, and names it', async () => {
    let missing = ['table session.sessions'];
    const service = { ...pingService(), unprepared: () => Promise.resolve(missing) };
    await runCommand(service, ['migrate'], env);
    const { url, ready } = await start(service);
    await eventually(async () => {
      expect((await readiness(url)).checks['migrations']).toEqual({
        ok: false,
        reason: 'missing: table session.sessions',
        command: expect.stringContaining('migrate') as string,
      });
    });
    expect((await postPing(url, { id: newId(), text: 'early' })).status).toBe(503);
    missing = [];
    await ready();
  });

  it.each(['web', 'consumer'])('does not start as %s when it consumes other topics than it handles', async (types) => {
    const service = { ...pingService(), consumes: [] };
    await expect(start(service, { PROCESS_TYPES: types })).rejects.toMatchObject({
      code: 'SERVICE-CONSUMES',
      message: expect.stringContaining(service.topics[0]?.name ?? '?') as string,
    });
  });

  it('listens but serves nothing before its migrations are there, says which command helps, and notices that it ran', async () => {
    const service = pingService();
    const { url, ready } = await start(service);
    await eventually(async () => {
      expect((await readiness(url)).checks['migrations']).toMatchObject({
        ok: false,
        reason: expect.stringContaining('Pings1767225600001') as string,
        command: `node apps/${service.name}/dist/main.js migrate`,
      });
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/startupz`)).status).toBe(200);
    const refused = await postPing(url, { id: '1', text: 'x' });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'HTTP-STARTING' });

    expect(await runCommand(service, ['migrate'], env)).toBe(0);
    await ready();
    expect((await postPing(url, { id: '1', text: 'x' })).status).toBe(201);
  });

  it('says loudly at its start what it does although production refuses it', async () => {
    const lines: string[] = [];
    const logger = createLogger({
      ...{ service: 'pings', release: 'dev', level: 'warn' },
      destination: { write: (line) => void lines.push(line) },
    });
    const production = { ...env, NODE_ENV: 'production', ALLOW_INSECURE: 'RELEASE_ID' };
    running.push(await startService(pingService(), { env: production, logger, exit: (code) => void exits.push(code) }));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        environment: 'production',
        msg: 'insecure, by ALLOW_INSECURE: RELEASE_ID is dev, so that nobody can tell which release runs',
      }),
    );
  });

  it('starts while PostgreSQL and Kafka are away, stays alive and not ready, and can be stopped', async () => {
    const dead = await freePort();
    const { url, stop } = await start(pingService(), {
      DATABASE_URL: `postgres://x:y@127.0.0.1:${dead}/none`,
      KAFKA_URL: `kafka://127.0.0.1:${dead}`,
    });
    const { status, checks } = await readiness(url);
    expect(status).toBe(503);
    expect(checks).toMatchObject({ database: { ok: false }, migrations: { ok: false }, broker: { ok: false } });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await stop();
    expect(exits).toEqual([0]);
  });

  it('that is to end while it begins to listen drains, as if it did', async () => {
    const ping = pingService();
    const providers = [{ provide: 'early', useValue: { onApplicationBootstrap: () => process.emit('SIGTERM') } }];
    class Early {}
    const service = {
      ...ping,
      rootModule: (config: Parameters<typeof ping.rootModule>[0]) => ({
        module: Early,
        imports: [ping.rootModule(config)],
        providers,
      }),
    };
    // So that listening fails, whatever the drain has closed by then.
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port));
    });
    const exit = (code: number): void => void exits.push(code);
    const more = { PORT: String(port), HTTP_DRAIN_GRACE_MS: '100' };
    await expect(startService(service, { env: { ...env, ...more }, exit, signals: true })).rejects.toThrow();
    // The process is over before anybody could call this a failed start.
    expect(exits).toEqual([0]);
    taken.close();
  });

  it('runs only the process types that it is told to', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], env);
    const web = await start(service, { PROCESS_TYPES: 'web' });
    await web.ready();
    expect(Object.keys((await readiness(web.url)).checks)).not.toContain('broker');
    const id = newId();
    await postPing(web.url, { id, text: 'alone' });

    const rest = await start(service, { PROCESS_TYPES: 'consumer,relay' });
    await rest.ready();
    expect((await fetch(`${rest.url}/pings/${id}`)).status).toBe(404);
    await eventually(async () => expect(await stepsOf(web.url, id)).toEqual(['requested', 'handled']));

    const jobs = await start(service, { PROCESS_TYPES: 'jobs' });
    await eventually(async () => expect(await stepsOf(web.url, id)).toEqual(['requested', 'handled', 'echoed']));
    const version = await (await fetch(`${jobs.url}/version`)).json();
    expect(version).toMatchObject({ service: service.name, release: 'dev', process_types: ['jobs'] });
  });

  it('answers what it has taken when it is stopped, and exits with 0', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], env);
    // Long enough for all of them to have connected, however busy the machine is.
    const { url, ready, stop } = await start(service, { HTTP_DRAIN_GRACE_MS: '2000' });
    await ready();
    const statuses = Array.from({ length: 20 }, async () => (await postPing(url, { id: newId(), text: 'x' })).status);
    const stopped = stop();
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([201]));
    await stopped;
    expect(exits).toEqual([0]);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('lists what it could not handle', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], env);
    const { url, ready } = await start(service);
    await ready();
    await postPing(url, { id: newId(), text: 'poison' });
    await eventually(async () => {
      const reason = expect.stringContaining('cannot be handled') as string;
      expect(await admin(service, env, ['dead-letters', 'list'])).toEqual({
        status: 0,
        out: expect.objectContaining({ messages: [expect.objectContaining({ reason })] }) as object,
      });
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
