import { messageOf, within } from '@dozen/kernel';
import { metrics } from '@opentelemetry/api';
import { isStoppable, sdkTracerProvider, type Stoppable } from '../trace/provider.js';

/**
 * Exports what is recorded and not yet sent, and ends recording. Never rejects and never lasts longer than `limitMs`: a
 * collector that is down or hangs must not hold a service. Resolves with why the last of it may be lost, if it may be.
 */
export function stopTelemetry(limitMs = 2_000): Promise<string | undefined> {
  const ended = Promise.all(providers().map((provider) => provider.shutdown()));
  return within(limitMs, ended, () => new Error(`not exported within ${limitMs} ms`)).then(() => undefined, messageOf);
}

/** Those of the SDK, if one runs. */
function providers(): Stoppable[] {
  return [sdkTracerProvider(), metrics.getMeterProvider()].filter(
    (provider) => provider !== undefined && isStoppable(provider),
  );
}
