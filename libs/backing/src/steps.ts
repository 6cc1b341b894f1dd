/** Progress for whoever shows it. A step without `ms` begins, with `ms` it is done. */
export interface BackingStep {
  readonly text: string;
  readonly ms?: number;
}
export type OnStep = (step: BackingStep) => void;

/** Reports the beginning and the end of `work`. */
export async function timed<T>(onStep: OnStep, text: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  onStep({ text });
  const result = await work();
  onStep({ text, ms: performance.now() - start });
  return result;
}
