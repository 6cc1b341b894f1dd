import fc from 'fast-check';

/** Which case of a run: each has a seed of its own, so that one can be made again without those before it. */
export interface CaseId {
  readonly kind: CaseKind;
  readonly index: number;
}
export const CASE_KINDS = ['http', 'kafka'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

const SALT: Readonly<Record<CaseKind, number>> = { http: 0x9e3779b9, kafka: 0x85ebca6b };

/** A 32-bit seed for fast-check (the finaliser of MurmurHash3 over run seed, kind and index). */
export function seedOf(runSeed: number, { kind, index }: CaseId): number {
  let mixed = Math.imul(runSeed ^ SALT[kind], 0xcc9e2d51) ^ Math.imul(index + 1, 0x1b873593);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** The case as the generator first makes it. */
export function caseOf<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [only] = fc.sample(arbitrary, { seed, numRuns: 1 });
  if (only === undefined) throw new Error('fast-check made nothing');
  return only;
}

/** A smaller case, by fast-check's path from the first one (`0:3:1`). Throws when the path leads nowhere. */
export async function caseAt<T>(arbitrary: fc.Arbitrary<T>, seed: number, path: string): Promise<T> {
  let found: { readonly value: T } | undefined;
  await fc.check(
    fc.asyncProperty(arbitrary, (value) => {
      found = { value };
      return Promise.resolve(false);
    }),
    { seed, path, numRuns: 1, endOnFailure: true },
  );
  if (found === undefined) throw new Error(`the path ${path} leads to no case`);
  return found.value;
}

export interface Shrunk<T> {
  readonly value: T;
  /** fast-check's path to it. */
  readonly path: string;
}

/**
 * The smallest case near the first one for which `fails` still resolves with true, as far as `forMs` goes. Undefined when
 * the first one fails no more.
 */
export async function shrink<T>(
  arbitrary: fc.Arbitrary<T>,
  seed: number,
  fails: (value: T) => Promise<boolean>,
  forMs: number,
): Promise<Shrunk<T> | undefined> {
  const details = await fc.check(
    fc.asyncProperty(arbitrary, async (value) => !(await fails(value))),
    { seed, numRuns: 1, interruptAfterTimeLimit: forMs },
  );
  if (!details.failed || details.counterexample === null) return undefined;
  return { value: details.counterexample[0], path: details.counterexamplePath };
}
