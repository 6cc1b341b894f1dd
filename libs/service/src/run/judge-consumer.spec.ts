import { judgeConsumer } from './judge-consumer.js';

const STALLED_MS = 60_000;
const outside = { leftBecause: undefined, joined: false, silentMs: 0 };

describe('a consumer', () => {
  it('is dead once it has been in no group for a minute although the broker answers', () => {
    expect(judgeConsumer({ ...outside, silentMs: 60_000 }, STALLED_MS)).toMatchObject({ ok: true });
    expect(judgeConsumer({ ...outside, silentMs: 60_001 }, STALLED_MS)).toEqual({
      ok: false,
      reason: 'in no consumer group for 60 s, although the broker answers',
    });
  });

  it('lives while it waits for the broker, joins, or is a member again', () => {
    expect(judgeConsumer(outside, STALLED_MS)).toEqual({ ok: true, note: 'waiting for the broker' });
    expect(judgeConsumer({ ...outside, silentMs: 5_000 }, STALLED_MS)).toEqual({
      ok: true,
      note: 'joining the consumer group',
    });
    expect(judgeConsumer({ ...outside, joined: true, silentMs: 61_000 }, STALLED_MS)).toEqual({ ok: true });
  });

  it('is dead once it has left its group as stuck', () => {
    expect(judgeConsumer({ ...outside, leftBecause: 'no progress: t/0 (61 s)' }, STALLED_MS)).toEqual({
      ok: false,
      reason: 'no progress: t/0 (61 s)',
    });
  });
});
