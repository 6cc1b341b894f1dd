import { httpCases } from './http/http-case.js';
import { recordCases } from './kafka/record-case.js';
import { caseAt, caseOf, seedOf, shrink } from './seeds.js';

const INDICES = Array.from({ length: 300 }, (_, index) => index);

describe('the cases of a run', () => {
  it.each([
    ['http', httpCases],
    ['kafka', recordCases],
  ] as const)('of %s are the same for the same seed, each by itself, and others for another', (kind, cases) => {
    const made = (runSeed: number): string[] =>
      INDICES.map((index) => JSON.stringify(caseOf<unknown>(cases, seedOf(runSeed, { kind, index }))));
    expect(made(7)).toEqual(made(7));
    expect(new Set(made(7)).size).toBeGreaterThan(INDICES.length / 2);
    expect(made(8)).not.toEqual(made(7));
  });

  it('have seeds of their own', () => {
    const seeds = INDICES.flatMap((index) => [seedOf(1, { kind: 'http', index }), seedOf(1, { kind: 'kafka', index })]);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('are made smaller along a path that leads to the same case again', async () => {
    const index = INDICES.find((at) => caseOf(httpCases, seedOf(1, { kind: 'http', index: at })).oddities.length === 3);
    const seed = seedOf(1, { kind: 'http', index: index ?? 0 });
    const found = await shrink(httpCases, seed, ({ oddities }) => Promise.resolve(oddities.length > 0), 5_000);
    expect(found?.value.oddities).toHaveLength(1);
    expect(await caseAt(httpCases, seed, found?.path ?? '')).toEqual(found?.value);
  });

  it('are no findings when they fail no more', async () => {
    expect(await shrink(httpCases, 1, () => Promise.resolve(false), 5_000)).toBeUndefined();
  });
});
