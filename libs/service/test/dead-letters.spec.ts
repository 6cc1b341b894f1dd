import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@dozen/kernel';
import { createTestDatabase, eventually, type TestDatabase } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { runCommand } from '../src/admin/program.js';
import { type RunningService, startService } from '../src/index.js';
import { pingService } from './pings.js';
import { admin as adminOf } from './support/admin.js';
import { environmentOf } from './support/environment.js';
import { postPing, stepsOf } from './support/ping-client.js';

interface Listed {
  readonly messages: {
    id: string;
    state: string;
    code: string;
    blockedKey: string;
    waiting: number;
    fixedBy: string;
  }[];
  readonly refused: { id: string }[];
  readonly jobs: { id: string; reason: string }[];
}

const service = pingService();
let database: TestDatabase;
let running: RunningService;
let dataSource: DataSource;
let dir: string;
let env: ReturnType<typeof environmentOf>;

beforeAll(async () => {
  database = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'dead-letters-'));
  env = environmentOf(database);
  await runCommand(service, ['migrate'], env);
  running = await startService(service, { env, exit: () => undefined });
  await running.ready();
  dataSource = running.app.get(DataSource);
});

afterAll(async () => {
  await running.stop();
  await database.drop();
  await rm(dir, { recursive: true });
});

const admin = <T>(...args: string[]) => adminOf<T>(service, env, args);

async function ping(text: string, id = newId()): Promise<string> {
  await postPing(running.url, { id, text });
  return id;
}

const steps = (id: string) => stepsOf(running.url, id);

/** A poisoned ping that waits for an operator, and another one behind it. */
async function held(): Promise<{ id: string; letter: string }> {
  const id = await ping('poison');
  await ping('next', id);
  const letter = await eventually(async () => {
    const { out } = await admin<Listed>('dead-letters', 'list');
    const found = out.messages.find(({ blockedKey }) => blockedKey === id);
    expect(found).toMatchObject({ state: 'dead', code: 'PNG-POISON', waiting: 1 });
    return found?.id ?? '';
  });
  return { id, letter };
}

describe('dead-letters', () => {
  it('fix stores a payload with who and why, replay handles it and reports so, and what is behind follows', async () => {
    const { id, letter } = await held();
    const file = join(dir, 'fixed.json');
    await writeFile(file, JSON.stringify({ id, text: 'mended' }));
    const note = ['--by', 'ada', '--why', 'a typo'];
    expect(await admin('dead-letters', 'fix', letter, '--payload', file, ...note)).toEqual({
      status: 0,
      out: { id: letter, outcome: 'fixed' },
    });
    const { out: shown } = await admin<Record<string, string>>('dead-letters', 'show', letter);
    expect(shown).toMatchObject({
      id: letter,
      payload: JSON.stringify({ id, text: 'poison' }),
      fixedPayload: JSON.stringify({ id, text: 'mended' }),
      fixedBy: 'ada',
      decisions: [{ decision: 'fix', by: 'ada', why: 'a typo' }],
    });
    expect(await admin('dead-letters', 'replay', letter)).toEqual({
      status: 0,
      out: { id: letter, outcome: 'handled' },
    });
    await eventually(async () => {
      expect((await steps(id)).filter((step) => step === 'handled')).toHaveLength(2);
    });
  });

  it('fix refuses what the contract refuses, and says why', async () => {
    const { id, letter } = await held();
    const file = join(dir, 'broken.json');
    await writeFile(file, JSON.stringify({ id }));
    const fixed = await admin('dead-letters', 'fix', letter, '--payload', file, '--by', 'ada', '--why', 'a try');
    expect(fixed).toMatchObject({ status: 1, out: { error: { code: 'MSG-SCHEMA' } } });
  });

  it('replay of what still fails says so and exits with 1; it stays a dead letter', async () => {
    const { letter } = await held();
    expect(await admin('dead-letters', 'replay', letter)).toMatchObject({
      status: 1,
      out: { outcome: 'failed', code: 'PNG-POISON', reason: 'cannot be handled' },
    });
    const { out } = await admin<Listed>('dead-letters', 'list');
    expect(out.messages.map((row) => row.id)).toContain(letter);
  });

  it('discard gives a message up, and what is behind follows', async () => {
    const { id, letter } = await held();
    const discarded = await admin('dead-letters', 'discard', letter, '--by', 'ada', '--why', 'a test');
    expect(discarded).toEqual({ status: 0, out: { id: letter, outcome: 'discarded' } });
    await eventually(async () => expect(await steps(id)).toContain('handled'));
    expect(await admin('dead-letters', 'show', letter)).toMatchObject({
      status: 1,
      out: { error: { code: 'MSG-NOT-FOUND' } },
    });
  });

  it('replay gives a job out of attempts one more', async () => {
    const id = await ping('stubborn');
    const job = await failedJob();
    expect(await admin('dead-letters', 'replay', job)).toEqual({ status: 0, out: { id: job, outcome: 'queued' } });
    await eventually(async () => expect(await steps(id)).toContain('echoed'));
  });

  it('discard gives a job up', async () => {
    await ping('stubborn');
    const job = await failedJob();
    await admin('dead-letters', 'discard', job, '--by', 'ada', '--why', 'a test');
    expect((await admin<Listed>('dead-letters', 'list')).out.jobs).toEqual([]);
    const [decision]: unknown[] = await dataSource.query('SELECT * FROM messaging.decisions WHERE subject = $1', [job]);
    expect(decision).toMatchObject({ decision: 'discard', decided_by: 'ada', facts: { queue: 'echo' } });
  });

  it('replay sends a refused message again, discard gives it up; outbox status counts it', async () => {
    const [kept, lost] = [await refused(), await refused()];
    const { out: before } = await admin<{ refused: number }>('outbox', 'status');
    expect(before).toMatchObject({ depth: 2, refused: 2, oldestMs: null });
    await admin('dead-letters', 'discard', lost, '--by', 'ada', '--why', 'a test');
    // As if the broker's limit had been raised.
    await dataSource.query("UPDATE messaging.outbox SET payload = '{}'");
    expect(await admin('dead-letters', 'replay', kept)).toEqual({ status: 0, out: { id: kept, outcome: 'sent' } });
    expect((await admin('outbox', 'status')).out).toEqual({ depth: 0, refused: 0, oldestMs: null, shards: [] });
  });

  it.each([
    [['dead-letters', 'replay', '12']],
    [['dead-letters', 'show', 'job:12']],
    [['dead-letters', 'discard', 'message:12', '--by', 'ada']],
    [['dead-letters', 'fix', 'message:12', '--why', 'x']],
  ])('%j is bad usage', async (args) => {
    const stderr = process.stderr.write.bind(process.stderr);
    process.stderr.write = () => true;
    try {
      expect(await runCommand(service, args, env)).toBe(64);
    } finally {
      process.stderr.write = stderr;
    }
  });
});

async function failedJob(): Promise<string> {
  return eventually(async () => {
    const { out } = await admin<Listed>('dead-letters', 'list');
    expect(out.jobs).toMatchObject([{ reason: 'not at once' }]);
    return out.jobs[0]?.id ?? '';
  });
}

async function refused(): Promise<string> {
  const [topic] = service.consumes;
  const id = newId();
  const headers = { ce_specversion: '1.0', ce_id: id, ce_type: 'x', ce_source: '/x', ce_time: '2020-01-01T00:00:00Z' };
  const [row]: { seq: string }[] = await dataSource.query(
    `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
     VALUES (0, $1, $2, $3, $4, $5) RETURNING seq`,
    [id, topic?.name, id, JSON.stringify(headers), 'x'.repeat(2 * 1024 * 1024)],
  );
  const name = `outbox:${row?.seq ?? ''}`;
  await eventually(async () => {
    const { out } = await admin<Listed>('dead-letters', 'list');
    expect(out.refused).toContainEqual(expect.objectContaining({ id: name }));
  });
  return name;
}
