/**
 * Every attribute that a metric may have, and what bounds its values. Each combination of values is a time series in every
 * process, so nothing that grows with use is one: no id, no key, no customer, no URL, no text. Names are of the
 * OpenTelemetry semantic conventions where those have one.
 */
export const metricAttributes = {
  'db.client.connection.pool.name': 'the pools of a process: one',
  'db.client.connection.state': 'idle, used',
  'db.collection.name': 'tables of the migrations; partitions count as their table',
  'db.operation.name': 'SQL verbs; any other is _OTHER',
  'db.system.name': 'postgresql, redis',
  'dozen.cache.operation': 'get, set',
  'dozen.gauges': 'database, blocked partitions, consumer lag, event loop, process',
  'dozen.job.state': 'deferred, ready, active, failed',
  'dozen.message.type': 'message types that the process has a handler for',
  'dozen.outcome': 'words that the description of the metric lists',
  'dozen.parked.state': 'dead, retrying, waiting',
  'dozen.process.types': 'combinations of process types that are deployed',
  'dozen.queue': 'declared job queues',
  'dozen.session.operation': 'begin, find, living, end',
  'error.type': 'codes of error catalogues, of PostgreSQL and of Node; any other is _OTHER',
  'http.request.method': 'methods of RFC 9110 and PATCH; any other is _OTHER',
  'http.response.status_code': 'statuses that are answered',
  'http.route': 'route templates; a request that met none is without it',
  'messaging.destination.name': 'declared topics',
  'messaging.destination.partition.id': 'declared partitions',
  'messaging.operation.name': 'send, commit',
  'server.address': 'configured hosts',
  'service.version': 'releases that run at the same time',
  'url.template': 'paths of the remote interface, ids as placeholders',
} as const;

export type MetricAttribute = keyof typeof metricAttributes;

/** What an attribute may be. */
export type AttributeValue = string | number;

/** The value that the semantic conventions have for what is none of the known. */
export const OTHER = '_OTHER';

/** Codes are constants of programs; a text that merely happens to be a `code` is none. */
const CODE = /^[A-Z0-9][A-Z0-9_-]{2,39}$/;

/** `error.type` of anything thrown: its code, if it has one. Never its message, which may hold an id. */
export function errorType(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? code : OTHER;
}
