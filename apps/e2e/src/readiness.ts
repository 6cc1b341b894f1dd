import type { ServiceProcess } from '@dozen/demo';

const READY_MS = 5_000;

/** One sentence per service process that is not ready, with what it says. */
export async function notReady(services: readonly ServiceProcess[]): Promise<string[]> {
  const answers = await Promise.all(
    services.map(async ({ name, url }) => {
      try {
        const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READY_MS) });
        return answer.ok ? [] : [`${name} is not ready: ${await answer.text()}`];
      } catch (error) {
        return [`${name} does not answer: ${String(error)}`];
      }
    }),
  );
  return answers.flat();
}
