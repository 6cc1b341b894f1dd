import { BrokerProbe } from './broker-probe.js';

describe('the broker probe', () => {
  it('says no after its time, and does not ask again before the last question is answered', async () => {
    const answer = Promise.withResolvers<undefined>();
    let asked = 0;
    const probe = new BrokerProbe(
      {
        ping: async () => {
          asked += 1;
          await answer.promise;
        },
      },
      5,
    );
    expect([await probe.answers(), await probe.answers()]).toEqual([false, false]);
    expect(asked).toBe(1);
    answer.resolve(undefined);
    await answer.promise;
    expect(await probe.answers()).toBe(true);
  });

  it('says no to an error', async () => {
    const probe = new BrokerProbe({ ping: () => Promise.reject(new Error('refused')) }, 5);
    expect(await probe.answers()).toBe(false);
  });
});
