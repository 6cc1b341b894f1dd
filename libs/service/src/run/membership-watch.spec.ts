import { MembershipWatch } from './membership-watch.js';

function watch() {
  const state = { joined: true, silentMs: 0, answers: true, now: 0 };
  const membership = new MembershipWatch({
    inbox: state,
    broker: { answers: () => Promise.resolve(state.answers) },
    stalledMs: 60_000,
    now: () => state.now,
  });
  return { state, ok: async () => (await membership.check()).ok };
}

describe('a consumer outside of its group', () => {
  it('is dead once the broker has answered for a minute without it', async () => {
    const { state, ok } = watch();
    expect(await ok()).toBe(true);
    Object.assign(state, { joined: false, silentMs: 7_000, now: 10_000 });
    expect(await ok()).toBe(true);
    Object.assign(state, { silentMs: 66_000, now: 69_000 });
    expect(await ok()).toBe(true);
    Object.assign(state, { silentMs: 68_000, now: 71_000 });
    expect(await ok()).toBe(false);
  });

  it('lives through an outage of the broker, and has a minute from its end', async () => {
    const { state, ok } = watch();
    Object.assign(state, { joined: false, silentMs: 3_600_000, answers: false, now: 3_600_000 });
    expect(await ok()).toBe(true);
    Object.assign(state, { silentMs: 3_601_000, answers: true, now: 3_601_000 });
    expect(await ok()).toBe(true);
    Object.assign(state, { silentMs: 3_650_000, now: 3_650_000 });
    expect(await ok()).toBe(true);
    Object.assign(state, { silentMs: 3_662_000, now: 3_662_000 });
    expect(await ok()).toBe(false);
  });

  it('is well again when it joins', async () => {
    const { state, ok } = watch();
    Object.assign(state, { joined: false, silentMs: 61_000, now: 0 });
    await ok();
    state.now = 61_000;
    expect(await ok()).toBe(false);
    state.joined = true;
    expect(await ok()).toBe(true);
    Object.assign(state, { joined: false, now: 62_000 });
    expect(await ok()).toBe(true);
  });
});
