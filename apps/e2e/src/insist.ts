import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '@dozen/kernel';

/** Longer than any outage in these tests and what it leaves to be caught up with. */
const TIMEOUT_MS = 120_000;
/** Many clients that were cut off together must not come back together. */
const RETRY = { firstMs: 100, mostMs: 2_000, jitter: 0.5 };

/** Repeats a request, later and later, until its answer is neither 5xx nor 409 for one in flight. */
export async function insist(request: () => Promise<Response>): Promise<Response> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let failures = 1; ; failures += 1) {
    const { answer, askedMs, why } = await attempt(request);
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`no answer within ${TIMEOUT_MS / 1000} s: ${why}`);
    await sleep(Math.max(askedMs, backoff(failures, RETRY)));
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
