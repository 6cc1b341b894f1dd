import { bisect } from './bisect.js';

describe('bisect', () => {
  it.each([40, 57, 99])('finds the one that does it: %i', async (culprit) => {
    const fails = ({ from, to }: { from: number; to: number }) => Promise.resolve(from <= culprit && culprit < to);
    expect(await bisect({ from: 40, to: 100 }, fails)).toEqual({ from: culprit, to: culprit + 1 });
  });

  it('leaves two together that do it together', async () => {
    const fails = ({ from, to }: { from: number; to: number }) => Promise.resolve(from <= 1 && to > 6);
    expect(await bisect({ from: 0, to: 8 }, fails)).toEqual({ from: 0, to: 8 });
  });
});
