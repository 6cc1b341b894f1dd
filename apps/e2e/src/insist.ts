import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any outage in these tests and what it leaves to be caught up with. */
const TIMEOUT_MS = 120_000;
const RETRY_MS = { first: 100, longest: 2_000 };

/** Repeats a request, later and later, until its answer is neither 5xx nor 409 for one in flight. */
export async function insist(request: () => Promise<Response>): Promise<Response> {
  const deadline = performance.now() + TIMEOUT_MS;
  let waitMs = RETRY_MS.first;
  for (;;) {
    const { answer, askedMs, why } = await attempt(request);
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`no answer within ${TIMEOUT_MS / 1000} s: ${why}`);
    // Many clients that were cut off together must not come back together.
    await sleep(Math.max(askedMs, waitMs * (0.5 + Math.random())));
    waitMs = Math.min(2 * waitMs, RETRY_MS.longest);
  }
}

interface Attempt {
  /** Undefined when there is to be another attempt, not before `askedMs`. */
  readonly answer?: Response;
  readonly askedMs: number;
  readonly why: string;
}

async function attempt(request: () => Promise<Response>): Promise<Attempt> {
  let askedMs = 0;
  try {
    const answer = await request();
    askedMs = 1000 * Number(answer.headers.get('retry-after') ?? 0);
    if (answer.status < 500 && (answer.status !== 409 || askedMs === 0)) return { answer, askedMs, why: '' };
    return { askedMs, why: `${answer.status} ${await answer.text()}` };
  } catch (error) {
    return { askedMs, why: String(error) };
  }
}
