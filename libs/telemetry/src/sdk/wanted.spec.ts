import { wantedSignals } from './wanted.js';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('what the environment asks of the SDK', () => {
  it.each([
    ['nothing without an endpoint', {}, undefined],
    ['nothing for an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, undefined],
    ['both for the common endpoint', endpoint, { traces: true, metrics: true }],
    ['one for its own endpoint', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' }, { traces: true, metrics: false }],
    ['what an exporter is named for', { OTEL_METRICS_EXPORTER: 'console' }, { traces: false, metrics: true }],
    ['not what has none', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, { traces: false, metrics: true }],
    ['nothing when it is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, undefined],
  ])('%s', (_case, env, wanted) => {
    expect(wantedSignals(env)).toEqual(wanted);
  });
});
