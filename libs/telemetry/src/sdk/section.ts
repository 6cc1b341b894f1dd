import { defineSection, envBool, envEnum, envText, envUrl, HTTP } from '@dozen/config';

const url = (): ReturnType<typeof envUrl> => envUrl(HTTP);

/**
 * The standard's variables that matter most. The SDK reads them before the service starts, so that they have no `_FILE`
 * variant; it knows more of them: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
 */
export const telemetrySection = defineSection('Telemetry (read before the service starts: without _FILE)', {
  OTEL_EXPORTER_OTLP_ENDPOINT: url().optional().meta({
    description: 'Where spans and metrics go, over OTLP; without any endpoint nothing is recorded',
    example: 'http://collector:4318',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url().optional().meta({
    description: 'Where spans go, if elsewhere; with its path',
    example: 'http://collector:4318/v1/traces',
  }),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url().optional().meta({
    description: 'Where metrics go, if elsewhere; with its path',
    example: 'http://collector:4318/v1/metrics',
  }),
  OTEL_SDK_DISABLED: envBool().default(false).meta({ description: 'Records nothing in spite of an endpoint' }),
  OTEL_SERVICE_NAME: envText()
    .optional()
    .meta({ description: 'Name of the service in spans and metrics; default: its own' }),
  OTEL_TRACES_SAMPLER: envEnum([
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ])
    .default('parentbased_always_on')
    .meta({ description: 'Which traces are recorded; the ratio is OTEL_TRACES_SAMPLER_ARG' }),
  OTEL_TRACES_SAMPLER_ARG: envText()
    .optional()
    .meta({ description: 'Share of the traces, from 0 to 1', example: '0.1' }),
});
