import { trace, type TracerProvider } from '@opentelemetry/api';

/** A tracer provider of the SDK. The API's own providers have nothing to export. */
export interface Stoppable {
  shutdown(): Promise<void>;
}

export function isStoppable<T extends object>(provider: T): provider is T & Stoppable {
  return 'shutdown' in provider;
}

/** The provider of the SDK, which stands behind the one that the API puts before it; undefined without an SDK. */
export function sdkTracerProvider(): (TracerProvider & Stoppable) | undefined {
  const provider = trace.getTracerProvider();
  const inner = standsBefore(provider) ? provider.getDelegate() : provider;
  return isStoppable(inner) ? inner : undefined;
}

function standsBefore(provider: TracerProvider): provider is TracerProvider & { getDelegate(): TracerProvider } {
  return 'getDelegate' in provider;
}
