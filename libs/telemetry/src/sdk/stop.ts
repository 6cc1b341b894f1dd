import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@dozen/kernel';
import { metrics, trace } from '@opentelemetry/api';

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

interface Stoppable {
  shutdown(): Promise<void>;
}

/** Those of the SDK, if one runs; the API's own have nothing to export. */
function providers(): Stoppable[] {
  const tracers = trace.getTracerProvider();
  const all: object[] = [standsBefore(tracers) ? tracers.getDelegate() : tracers, metrics.getMeterProvider()];
  return all.filter((provider): provider is Stoppable => 'shutdown' in provider);
}

/** The API puts a provider of its own before the SDK's. */
function standsBefore(provider: object): provider is { getDelegate(): object } {
  return 'getDelegate' in provider;
}
