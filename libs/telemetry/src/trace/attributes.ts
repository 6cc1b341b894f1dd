/**
 * Every attribute that a span may have. Ids of orders and messages are what one looks for; nothing says who the customer is,
 * and no body, token, address or statement with its values is one.
 */
export const spanAttributes = {
  'db.operation.name': 'SQL verb; any other is _OTHER',
  'db.system.name': 'postgresql',
  'dozen.admin.command': 'the admin process, without its arguments',
  'dozen.job.attempt': 'counted from 1',
  'dozen.job.id': 'id of the job',
  'dozen.message.type': 'message type',
  'dozen.order.id': 'key of the message',
  'dozen.queue': 'job queue',
  'error.type': 'code of an error catalogue, of PostgreSQL or of Node; any other is _OTHER',
  'http.request.method': 'method of RFC 9110, PATCH or _OTHER',
  'http.response.status_code': 'status',
  'http.route': 'route template',
  'messaging.batch.message_count': 'messages of the batch',
  'messaging.consumer.group.name': 'consumer',
  'messaging.destination.name': 'topic',
  'messaging.destination.partition.id': 'partition',
  'messaging.kafka.offset': 'offset',
  'messaging.message.id': 'ce_id',
  'messaging.operation.name': 'create, send, process',
  'messaging.operation.type': 'create, send, process',
  'messaging.system': 'kafka',
  'server.address': 'host that is called',
  'server.port': 'its port',
  'url.template': 'path of the remote interface, ids as placeholders',
} as const;

export type SpanAttribute = keyof typeof spanAttributes;
