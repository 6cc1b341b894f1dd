import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns what the check returns once it no longer throws', async () => {
    let calls = 0;
    const value = await eventually(
      () => {
        calls += 1;
        if (calls < 3) throw new Error('not yet');
        return 'there';
      },
      { everyMs: 1 },
    );
    expect([value, calls]).toEqual(['there', 3]);
  });

  it('throws the last reason when the time is up', async () => {
    const check = (): Promise<never> => Promise.reject(new Error('stock is 3'));
    await expect(eventually(check, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow('stock is 3');
  });
});
