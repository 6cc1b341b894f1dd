/** Which signals the environment gives somewhere to go. */
export interface WantedSignals {
  readonly traces: boolean;
  readonly metrics: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined when nothing would be exported: then the SDK is not even loaded. An empty value counts as missing. */
export function wantedSignals(env: Environment): WantedSignals | undefined {
  if (textOf(env, 'OTEL_SDK_DISABLED').toLowerCase() === 'true') return undefined;
  const signals = { traces: isWanted(env, 'TRACES'), metrics: isWanted(env, 'METRICS') };
  return signals.traces || signals.metrics ? signals : undefined;
}

/** The exporter that the environment names, such as `console` or `none`; without one an endpoint decides. */
function isWanted(env: Environment, signal: 'TRACES' | 'METRICS'): boolean {
  const exporter = textOf(env, `OTEL_${signal}_EXPORTER`);
  if (exporter !== '') return exporter !== 'none';
  return (
    textOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') !== '' || textOf(env, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== ''
  );
}

function textOf(env: Environment, name: string): string {
  return (env[name] ?? '').trim();
}
