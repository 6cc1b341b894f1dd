import { SilenceWatch } from './silence-watch.js';

function watch() {
  const state = { joined: true, answers: true, now: 0, asked: 0 };
  const silence = new SilenceWatch({
    joined: () => state.joined,
    answers: () => {
      state.asked += 1;
      return Promise.resolve(state.answers);
    },
    now: () => state.now,
  });
  const look = async (change: Partial<typeof state>): Promise<number> => {
    Object.assign(state, change);
    await silence.look();
    return silence.silentMs;
  };
  return { silence, state, look };
}

describe('silence', () => {
  it('is the time in no group since a broker was seen to answer', async () => {
    const { look } = watch();
    expect(await look({ joined: false, now: 7_000 })).toBe(0);
    expect(await look({ now: 20_000 })).toBe(13_000);
  });

  it('is none during an outage of the broker, however long, and begins after it', async () => {
    const { look } = watch();
    await look({ joined: false, now: 1_000 });
    expect(await look({ answers: false, now: 3_600_000 })).toBe(0);
    expect(await look({ answers: true, now: 3_601_000 })).toBe(0);
    expect(await look({ now: 3_611_000 })).toBe(10_000);
  });

  it('ends with a join, also one that was lost again between two looks', async () => {
    const { look, silence } = watch();
    await look({ joined: false, now: 1_000 });
    expect(await look({ now: 9_000 })).toBe(8_000);
    silence.heard();
    expect(silence.silentMs).toBe(0);
    expect(await look({ now: 10_000 })).toBe(0);
    expect(await look({ joined: true, now: 20_000 })).toBe(0);
    expect(await look({ joined: false, now: 30_000 })).toBe(0);
  });

  it('is not said of a consumer that joined while the broker was asked', async () => {
    const { state, silence, look } = watch();
    await look({ joined: false, now: 1_000 });
    state.now = 60_000;
    const looked = silence.look();
    state.joined = true;
    await looked;
    expect(silence.silentMs).toBe(0);
  });

  it('asks the broker nothing for a member', async () => {
    const { state, look } = watch();
    await look({});
    expect(state.asked).toBe(0);
  });
});
