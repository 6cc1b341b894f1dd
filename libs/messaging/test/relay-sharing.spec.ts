import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeNotifications } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { eventually, testKafkaUrl } from '@dozen/testing';
import { messagingPolicy as policy, type OutgoingRecord } from '../src/index.js';
import { contractOn, messagingHarness, topicNamed } from './harness.js';
import { brokerSending, recording } from './support/broker-with.js';
import { RelayProcess } from './support/relay-process.js';

const events = topicNamed('shared');
const Noted = contractOn(events, 'Noted');
const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });

let h: Awaited<ReturnType<typeof messagingHarness>>;
const listening: ChangeNotifications[] = [];
const processes: RelayProcess[] = [];

beforeAll(async () => {
  h = await messagingHarness([events]);
});

afterEach(async () => {
  await h.stopRelays();
  await Promise.all(listening.splice(0).map((notifications) => notifications.stop()));
  await Promise.all(processes.splice(0).map((process) => process.end('SIGKILL')));
  await h.dataSource.query(`UPDATE messaging.relay_leases SET member = NULL, expires_at = '-infinity'`);
  await h.dataSource.query('DELETE FROM messaging.relay_members');
});

afterAll(() => h.close());

/** `first` is waited for before each send. */
function startRelay(sent: (readonly OutgoingRecord[])[] = [], first: () => Promise<unknown> = () => Promise.resolve()) {
  const session = recording(sent, first);
  const notifications = new ChangeNotifications({ config: h.config, service: 'relays', logger });
  notifications.start();
  listening.push(notifications);
  return h.startRelay({ broker: brokerSending(h.broker, session), notifications });
}

function startProcess(): RelayProcess {
  const process = new RelayProcess({ databaseUrl: h.databaseUrl, kafkaUrl: testKafkaUrl() });
  processes.push(process);
  return process;
}

/** Shards per member whose lease runs, in ascending order. */
async function shares(): Promise<number[]> {
  const rows: { count: number }[] = await h.dataSource.query(
    'SELECT count(*)::int AS count FROM messaging.relay_leases WHERE member IS NOT NULL AND expires_at > now() GROUP BY member',
  );
  return rows.map((row) => row.count).sort((a, b) => a - b);
}

async function untilShared(...expected: number[]): Promise<void> {
  await eventually(async () => {
    expect(await shares()).toEqual(expected);
  });
}

async function databaseNow(): Promise<number> {
  const [row]: { now: Date }[] = await h.dataSource.query('SELECT now() AS now');
  return row?.now.getTime() ?? NaN;
}

/** One event each of keys in all shards. */
async function publish(count: number): Promise<void> {
  await h.units.run((unit) => {
    for (let n = 0; n < count; n += 1) unit.publish(Noted, { key: newId(), n });
    return Promise.resolve();
  });
}

async function untilEmpty(): Promise<void> {
  await eventually(async () => {
    expect(await h.dataSource.query('SELECT count(*)::int AS rows FROM messaging.outbox')).toEqual([{ rows: 0 }]);
  });
}

const ids = (sent: (readonly OutgoingRecord[])[]): (string | undefined)[] =>
  sent.flat().map(({ headers }) => headers['ce_id']);

describe('relays that share an outbox', () => {
  it('hold at most their fair share of the shards, however many there are', async () => {
    startRelay();
    await untilShared(16);
    startRelay();
    await untilShared(8, 8);
    startProcess();
    await untilShared(4, 6, 6);
  });

  it('take over at once what a process that stops had', async () => {
    const stopping = startProcess();
    await untilShared(16);
    startRelay();
    await untilShared(8, 8);
    expect(await stopping.end('SIGTERM')).toBe(0);
    const stoppedAt = performance.now();
    await untilShared(16);
    expect(performance.now() - stoppedAt).toBeLessThan(policy.leaseMs / 2);
  });

  it('take over within the lease what a killed process had, and send its rows', async () => {
    const killed = startProcess();
    await untilShared(16);
    startRelay();
    await untilShared(8, 8);
    await killed.end('SIGKILL');
    const killedAt = performance.now();
    await publish(64);
    await untilEmpty();
    const waited = performance.now() - killedAt;
    await untilShared(16);
    expect(waited).toBeLessThan(policy.leaseMs + 2 * policy.leaseRenewMs);
  });

  it('send nothing twice when one joins or stops under a load that never leaves them idle', async () => {
    const sent: (readonly OutgoingRecord[])[] = [];
    const slow = async (): Promise<void> => sleep(30);
    const first = startRelay(sent, slow);
    await untilShared(16);
    const loading = new AbortController();
    const load = (async () => {
      while (!loading.signal.aborted) await publish(64);
    })();
    startRelay(sent, slow);
    await untilShared(8, 8);
    await first.stop();
    await untilShared(16);
    loading.abort();
    await load;
    await untilEmpty();
    expect(new Set(ids(sent)).size).toBe(ids(sent).length);
  });

  it('keep shards of which a batch is still being sent, however long that takes', async () => {
    const sent: (readonly OutgoingRecord[])[] = [];
    const broker = Promise.withResolvers<null>();
    await publish(64);
    startRelay(sent, () => broker.promise);
    await eventually(() => {
      expect(sent).toHaveLength(1);
    });
    const holders = () => h.dataSource.query('SELECT DISTINCT member FROM messaging.relay_leases');
    const first: unknown = await holders();
    startRelay(sent);
    await eventually(async () => {
      expect(await h.dataSource.query('SELECT count(*)::int AS members FROM messaging.relay_members')).toEqual([
        { members: 2 },
      ]);
    });
    const joined = await databaseNow();
    // The first has renewed often enough to have given up what it could.
    await eventually(async () => {
      const [row]: { oldest: Date }[] = await h.dataSource.query(
        'SELECT min(expires_at) AS oldest FROM messaging.relay_leases',
      );
      expect((row?.oldest.getTime() ?? 0) - policy.leaseMs).toBeGreaterThan(joined + 3 * policy.leaseRenewMs);
    });
    expect(await holders()).toEqual(first);
    broker.resolve(null);
    await untilShared(8, 8);
    await untilEmpty();
    expect(new Set(ids(sent)).size).toBe(ids(sent).length);
  });
});
