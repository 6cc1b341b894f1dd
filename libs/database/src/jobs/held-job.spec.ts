import { jest } from '@jest/globals';
import { createLogger } from '@dozen/telemetry';
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { HeldJob } from './held-job.js';
import { jobsPolicy } from './policy.js';

const HEARTBEAT_MS = jobsPolicy.heartbeatRefreshSeconds * 1000;
const logger = createLogger({ service: 'under-test', release: 'test', level: 'silent' });
const job = { id: 'a', name: 'queue', retryCount: 2, retryLimit: 2, expireInSeconds: 10 } as JobWithMetadata;
const claim = { id: 'a', retryCount: 2 };

const touch = jest.fn<(name: string, claim: object) => Promise<object>>();
const fail = jest.fn<(name: string, claim: object, error: Error) => Promise<object>>();
let held: HeldJob;

beforeEach(() => {
  jest.useFakeTimers();
  touch.mockReset().mockResolvedValue({ affected: 1 });
  fail.mockReset().mockResolvedValue({ affected: 1 });
  held = new HeldJob(job, { boss: { touch, fail } as unknown as PgBoss, logger });
});
afterEach(() => {
  held.release();
  jest.useRealTimers();
});

describe('a job in flight', () => {
  it('sends heartbeats, for its own attempt alone, until it is released', async () => {
    await jest.advanceTimersByTimeAsync(2 * HEARTBEAT_MS);
    expect(touch.mock.calls).toEqual([
      ['queue', claim],
      ['queue', claim],
    ]);
    held.release();
    await jest.advanceTimersByTimeAsync(20 * HEARTBEAT_MS);
    expect(touch).toHaveBeenCalledTimes(2);
    expect(fail).not.toHaveBeenCalled();
  });

  it('is given up when its heartbeat finds it in other hands, and is not failed for them', async () => {
    touch.mockResolvedValue({ affected: 0 });
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(held.signal.reason).toMatchObject({ code: 'JOB-LOST' });
    await jest.advanceTimersByTimeAsync(20 * HEARTBEAT_MS);
    expect([touch.mock.calls.length, fail.mock.calls.length]).toEqual([1, 0]);
  });

  it('goes on when a heartbeat was not heard', async () => {
    touch.mockRejectedValueOnce(new Error('the database is away'));
    await jest.advanceTimersByTimeAsync(2 * HEARTBEAT_MS);
    expect(held.signal.aborted).toBe(false);
    expect(touch).toHaveBeenCalledTimes(2);
  });

  it('expires: its signal aborts and its attempt has failed', async () => {
    await jest.advanceTimersByTimeAsync(10_000);
    expect(held.signal.aborted).toBe(true);
    expect(fail.mock.calls).toEqual([['queue', claim, new Error('the attempt took longer than 10 s')]]);
  });

  it('that fails while the database is away falls silent, so that it is taken over', async () => {
    fail.mockRejectedValue(new Error('the database is away'));
    await held.fail(new Error('the provider is away'));
    await jest.advanceTimersByTimeAsync(20 * HEARTBEAT_MS);
    expect(touch).not.toHaveBeenCalled();
  });
});
