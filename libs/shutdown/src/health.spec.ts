import { jest } from '@jest/globals';
import { Health } from './index.js';
import type { CheckResult } from './index.js';

const fine = (): CheckResult => ({ ok: true });
const failing =
  (reason: string): (() => CheckResult) =>
  () => ({ ok: false, reason });
const hanging = (): Promise<CheckResult> => new Promise(() => undefined);

function setUp(state = { draining: false }): Health {
  return new Health({ lifecycle: state, checkTimeoutMs: 20 });
}

describe('Health', () => {
  it('is not started and not ready until started() was called', async () => {
    const health = setUp();
    expect((await health.report('startup')).ok).toBe(false);
    expect((await health.report('ready')).ok).toBe(false);
    health.started();
    expect(await health.report('startup')).toEqual({ ok: true, checks: { started: { ok: true } } });
    expect((await health.report('ready')).ok).toBe(true);
  });

  it('reports every readiness check, with the command that helps', async () => {
    const health = setUp();
    health.addReadiness('database', fine);
    health.addReadiness('migrations', () => ({ ok: false, reason: '2 are missing', command: 'migrate' }));
    health.started();
    expect(await health.report('ready')).toEqual({
      ok: false,
      checks: {
        started: { ok: true },
        draining: { ok: true },
        database: { ok: true },
        migrations: { ok: false, reason: '2 are missing', command: 'migrate' },
      },
    });
  });

  it('counts a check that throws or does not answer in time as failed, and names each', async () => {
    const health = setUp();
    health.addReadiness('broker', hanging);
    health.addReadiness('database', () => Promise.reject(new Error('refused')));
    health.started();
    expect((await health.report('ready')).checks).toMatchObject({
      broker: { ok: false, reason: 'no answer within 20 ms' },
      database: { ok: false, reason: 'refused' },
    });
  });

  it('tolerates a failure that is short, and not before the first success', async () => {
    let now = 0;
    let database = failing('refused');
    const health = new Health({ lifecycle: { draining: false }, now: () => now });
    health.addReadiness('database', () => database(), { graceMs: 2_000 });
    health.started();
    const ready = async (): Promise<CheckResult | undefined> => (await health.report('ready')).checks['database'];
    expect(await ready()).toEqual({ ok: false, reason: 'refused' });
    database = fine;
    expect(await ready()).toEqual({ ok: true });
    database = failing('refused');
    expect(await ready()).toEqual({ ok: true, note: 'tolerated for 2000 ms: refused' });
    now = 1_999;
    expect((await ready())?.ok).toBe(true);
    database = fine;
    await ready();
    // The time begins anew.
    database = failing('refused');
    now = 3_000;
    expect((await ready())?.ok).toBe(true);
    now = 5_000;
    expect(await ready()).toEqual({ ok: false, reason: 'refused' });
  });

  it('does not begin a check again while its last run hangs, and does so once that has ended', async () => {
    const health = setUp();
    let answer: (result: CheckResult) => void = () => undefined;
    const check = jest.fn(() => new Promise<CheckResult>((resolve) => (answer = resolve)));
    health.addReadiness('database', check);
    health.started();
    await health.report('ready');
    await health.report('ready');
    expect(check).toHaveBeenCalledTimes(1);
    answer({ ok: true });
    expect((await health.report('ready')).ok).toBe(true);
    void health.report('ready');
    await Promise.resolve();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('is not ready but live while draining, whatever the liveness checks say', async () => {
    const state = { draining: false };
    const health = setUp(state);
    health.addLiveness('event loop', failing('blocked'));
    health.started();
    expect((await health.report('live')).ok).toBe(false);
    state.draining = true;
    expect((await health.report('ready')).ok).toBe(false);
    expect((await health.report('live')).ok).toBe(true);
  });

  it('is live while nothing moves because a backing service does not answer', async () => {
    const health = setUp();
    let database: () => CheckResult | Promise<CheckResult> = hanging;
    health.addReadiness('database', () => database());
    health.addReadiness('broker', fine);
    health.addLiveness('progress', failing('no progress'), { whileReady: ['database', 'broker'] });
    health.started();
    expect(await health.report('live')).toEqual({
      ok: true,
      checks: { progress: { ok: true, note: 'waiting for database: no progress' } },
    });
    database = failing('refused');
    const other = setUp();
    other.addReadiness('database', database);
    other.addLiveness('progress', failing('no progress'), { whileReady: ['database'] });
    expect((await other.report('live')).ok).toBe(true);
  });

  it('is not live when nothing moves although every backing service answers', async () => {
    const health = setUp();
    health.addReadiness('database', fine);
    health.addLiveness('progress', failing('no progress'), { whileReady: ['database'] });
    expect(await health.report('live')).toEqual({
      ok: false,
      checks: { progress: { ok: false, reason: 'no progress' } },
    });
  });

  it('gives what waited for a backing service its grace to get on, counted from when that answered again', async () => {
    let now = 0;
    let database: () => CheckResult = failing('refused');
    const health = new Health({ lifecycle: { draining: false }, now: () => now });
    health.addReadiness('database', () => database());
    health.addLiveness('progress', failing('no progress'), { whileReady: ['database'], graceMs: 60_000 });
    const live = async () => (await health.report('live')).ok;
    expect(await live()).toBe(true);
    now = 1e6;
    expect(await live()).toBe(true);
    database = fine;
    now += 59_999;
    expect(await live()).toBe(true);
    now += 1;
    expect(await live()).toBe(false);
  });

  it('does not let readiness decide about liveness', async () => {
    const health = setUp();
    health.addReadiness('database', failing('refused'));
    health.addLiveness('consumer', fine);
    expect((await health.report('live')).ok).toBe(true);
  });

  it('refuses two checks of one name, and a dependency that does not exist', () => {
    const health = setUp();
    health.addReadiness('database', fine);
    expect(() => health.addReadiness('database', fine)).toThrow(expect.objectContaining({ code: 'HEALTH-DUPLICATE' }));
    expect(() => health.addReadiness('draining', fine)).toThrow(expect.objectContaining({ code: 'HEALTH-DUPLICATE' }));
    health.addLiveness('progress', fine, { whileReady: ['databse'] });
    expect(() => health.addLiveness('progress', fine)).toThrow(expect.objectContaining({ code: 'HEALTH-DUPLICATE' }));
    expect(() => health.started()).toThrow(expect.objectContaining({ code: 'HEALTH-UNKNOWN' }));
  });
});
