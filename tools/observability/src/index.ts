export { type Catalogue, readCatalogue } from './catalogue.js';
export { type UsedLine, runbookLines } from './runbook-commands.js';
export { OtlpReceiver } from './otlp-receiver.js';
export { OVERLAY, type Query, readOverlay } from './overlay.js';
export { Prometheus } from './prometheus.js';
export { evaluable } from './promql.js';
export type { ReceivedSeries } from './received.js';
export type { ReceivedSpan } from './received-spans.js';
