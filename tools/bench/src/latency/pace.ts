import { until } from '../measures.js';

/**
 * Starts `work` at an even pace whether earlier ones have ended or not, so that a slow answer does not lower the load.
 * Resolves when all have ended.
 */
export async function atPace(perSecond: number, count: number, work: (index: number) => Promise<void>): Promise<void> {
  const began = performance.now();
  const running: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    await until(began + (index * 1000) / perSecond);
    running.push(work(index));
  }
  await Promise.all(running);
}
