import { defineSpans, type SpanDefinition } from './definition.js';

/** Every span of the system, and where it hangs: `docs/telemetry.md` is made of it. */
export const spans = defineSpans({
  request: {
    name: '{method} {route}',
    kind: 'server',
    description: 'an HTTP request until its answer is sent; continues the caller’s trace. Not of health probes',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'],
  },
  create: {
    name: 'create {message}',
    kind: 'producer',
    description: 'a message that a unit of work publishes: its context is kept in the outbox row and sent along',
    attributes: [
      'messaging.system',
      'messaging.operation.name',
      'messaging.operation.type',
      'messaging.destination.name',
      'messaging.message.id',
      'dozen.message.type',
      'dozen.order.id',
    ],
  },
  send: {
    name: 'send {topic}',
    kind: 'client',
    description:
      'a batch of the relay until the broker has acknowledged it, in a trace of its own; linked to what it sends',
    attributes: [
      'messaging.system',
      'messaging.operation.name',
      'messaging.operation.type',
      'messaging.destination.name',
      'messaging.batch.message_count',
      'error.type',
    ],
  },
  process: {
    name: 'process {message}',
    kind: 'consumer',
    description: 'a handler and one message; child of the message’s creation',
    attributes: [
      'messaging.system',
      'messaging.operation.name',
      'messaging.operation.type',
      'messaging.destination.name',
      'messaging.destination.partition.id',
      'messaging.kafka.offset',
      'messaging.message.id',
      'dozen.message.type',
      'dozen.order.id',
      'error.type',
    ],
  },
  processBatch: {
    name: 'process {message} batch',
    kind: 'consumer',
    description:
      'a set-based handler and all its messages of a batch, in a trace of its own; linked to their creations',
    attributes: [
      'messaging.system',
      'messaging.operation.name',
      'messaging.operation.type',
      'messaging.batch.message_count',
      'dozen.message.type',
      'error.type',
    ],
  },
  job: {
    name: 'perform {queue}',
    kind: 'consumer',
    description: 'an attempt of a job, until its result is committed; child of what enqueued it',
    attributes: ['dozen.queue', 'dozen.job.id', 'dozen.job.attempt', 'error.type'],
  },
  provider: {
    name: '{method} {template}',
    kind: 'client',
    description: 'a call of the payment provider',
    attributes: [
      'http.request.method',
      'url.template',
      'server.address',
      'server.port',
      'http.response.status_code',
      'error.type',
    ],
  },
  mail: {
    name: 'deliver mail',
    kind: 'client',
    description: 'a conversation with the mail server',
    attributes: ['server.address', 'server.port', 'error.type'],
  },
  statement: {
    name: '{verb}',
    kind: 'client',
    description: 'a statement of something that is traced, on a connection of the pool; without its text',
    attributes: ['db.system.name', 'db.operation.name', 'error.type'],
  },
  command: {
    name: 'admin {command}',
    kind: 'internal',
    description: 'an admin process; the start of a trace',
    attributes: ['dozen.admin.command', 'error.type'],
  },
});

export const spanCatalogue: readonly SpanDefinition[] = Object.values(spans);
