/** Which signals the environment gives somewhere to go. */
export interface WantedSignals {
  readonly traces: boolean;
  readonly metrics: boolean;
}

/** Undefined when nothing would be exported: then the SDK is not even loaded. An empty value counts as missing. */
export function wantedSignals(env: Readonly<Record<string, string | undefined>>): WantedSignals | undefined {
  const given = (name: string): boolean => (env[name] ?? '').trim() !== '';
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return undefined;
  const both = given('OTEL_EXPORTER_OTLP_ENDPOINT');
  const traces = both || given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const metrics = both || given('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT');
  return traces || metrics ? { traces, metrics } : undefined;
}
