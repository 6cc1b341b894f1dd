import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@dozen/kernel';
import { metrics } from '@opentelemetry/api';
import { isStoppable, sdkTracerProvider, type Stoppable } from '../trace/provider.js';

/**
 * Exports what is recorded and not yet sent, and ends recording. Never rejects and never lasts longer than `limitMs`: a
 * collector that is down or hangs must not hold a service. Resolves with why the last of it may be lost, if it may be.
 */
export async function stopTelemetry(limitMs = 2_000): Promise<string | undefined> {
  const timer = new AbortController();
  const late = sleep(limitMs, `not exported within ${limitMs} ms`, { signal: timer.signal });
  const ended = Promise.all(providers().map((provider) => provider.shutdown())).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  // Rejects only once it is aborted, when the other has won.
  late.catch(() => undefined);
  const outcome = await Promise.race([ended, late]);
  timer.abort();
  return outcome;
}

/** Those of the SDK, if one runs. */
function providers(): Stoppable[] {
  return [sdkTracerProvider(), metrics.getMeterProvider()].filter(
    (provider) => provider !== undefined && isStoppable(provider),
  );
}
