import { ACCEPTED, startKeys } from './keys.js';

describe('idempotency keys', () => {
  let rig: Awaited<ReturnType<typeof startKeys>>;
  const send: typeof rig.send = (...args) => rig.send(...args);

  beforeAll(async () => {
    rig = await startKeys();
  });
  afterAll(() => rig.stop());

  it('answer a repeat with the stored response, and its work is not done again', async () => {
    const made = await rig.effectsOf(async () => {
      expect(await send('repeat')).toEqual({ ...ACCEPTED, replayed: false });
      expect(await send('repeat')).toEqual({ ...ACCEPTED, replayed: true });
    });
    expect(made).toBe(1);
  });

  it('refuse the key of another request, but not of another customer', async () => {
    await send('taken');
    await expect(send('taken', { hash: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY-KEY-REUSED' });
    await expect(send('taken', { customerId: 'bob', hash: 'other' })).resolves.toMatchObject({ replayed: false });
  });

  it('let twenty equal requests at the same time do the work once, and give all the same answer', async () => {
    const answers: unknown[] = [];
    const made = await rig.effectsOf(async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => send('burst')));
      answers.push(...all.map(({ replayed: _replayed, ...answer }) => answer));
    });
    expect(made).toBe(1);
    expect(answers).toEqual(Array.from({ length: 20 }, () => ACCEPTED));
  });

  it('tell an equal request to come back when the first takes longer than the lock timeout', async () => {
    let first: Promise<unknown> | undefined;
    const release = Promise.withResolvers<void>();
    const made = await rig.effectsOf(async () => {
      await new Promise<void>((resolve) => {
        first = send('busy', { during: () => (resolve(), release.promise) });
      });
      await expect(send('busy', { via: rig.impatient })).rejects.toMatchObject({ code: 'IDEMPOTENCY-IN-FLIGHT' });
      release.resolve();
      await first;
    });
    expect(made).toBe(1);
    expect(await send('busy')).toMatchObject({ replayed: true });
  });

  it('forget a request that failed, so that it may be sent again', async () => {
    const refused = Object.assign(new Error('no stock'), { code: 'ORD-X' });
    await expect(send('failed', { during: () => Promise.reject(refused) })).rejects.toBe(refused);
    expect(await send('failed', { hash: 'corrected' })).toMatchObject({ replayed: false });
  });

  it('let a waiting equal request be the first when the first one fails', async () => {
    let first: Promise<unknown> | undefined;
    const fail = Promise.withResolvers<void>();
    await new Promise<void>((resolve) => {
      first = send('handover', { during: () => (resolve(), fail.promise) });
    });
    const second = send('handover');
    fail.reject(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(await second).toMatchObject({ replayed: false });
  });

  it('never store a refusal, even when one is returned', async () => {
    const run = rig.units.run((unit) =>
      rig.keys.run(unit, { customerId: 'ada', key: 'returned', requestHash: 'h' }, () =>
        Promise.resolve({ status: 409, headers: {}, body: null }),
      ),
    );
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await send('returned')).toMatchObject({ replayed: false });
  });
});
