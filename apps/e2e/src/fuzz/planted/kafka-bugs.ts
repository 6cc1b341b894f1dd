import type { FuzzBug } from './fuzz-bug.js';

const ATTRIBUTES = 'libs/messaging/dist/cloudevents/attributes.js';
const TEXT = 'libs/contracts/dist/text.js';
const UNPACK = 'libs/messaging/dist/broker/kafkajs/fetch/codecs/unpack.js';
const CRASH_ISOLATION = 'libs/messaging/dist/inbox/crash/isolation.js';
const BATCH_PROCESSOR = 'libs/messaging/dist/inbox/handle/batch-processor.js';

/** Bugs that the Kafka fuzz finds. */
export const KAFKA_BUGS: readonly FuzzBug[] = [
  {
    name: 'only gzip is read',
    row: 'snappy, lz4, zstd',
    only: 'kafka',
    file: UNPACK,
    edits: [
      {
        search: 'if (unpackWith === undefined)\n        throw new MalformedError(`there is no codec ${codec}`);',
        replace: "if (codec > 1) throw new Error('compression not implemented');",
      },
    ],
  },
  {
    name: 'what cannot be read ends the client',
    row: 'a broken batch',
    only: 'kafka',
    file: 'libs/messaging/dist/broker/kafkajs/fetch/partition-records.js',
    edits: [
      {
        search: 'return [new UnreadableRecords({ firstOffset, lastOffset }, frame.bytes, messageOf(error))];',
        replace: 'throw error;',
      },
    ],
  },
  {
    name: 'unpacking without a bound',
    row: 'a batch of 32 MiB in a few KiB',
    only: 'kafka',
    file: UNPACK,
    edits: [{ search: 'ungzip(packed, { maxOutputLength: maxBytes })', replace: 'ungzip(packed)' }],
    lacks: 'a process with little memory: what unpacks to more than may be is refused for its size a moment later',
  },
  {
    name: 'what cannot be read is decoded all the same',
    row: 'a broken batch',
    only: 'kafka',
    file: 'libs/messaging/dist/inbox/handle/record-reader.js',
    edits: [{ search: 'if (record.unreadable !== undefined)', replace: 'if (false)' }],
  },
  {
    name: 'crash isolation asks for the id as it was sent',
    row: 'ce_id in capitals',
    only: 'kafka',
    file: CRASH_ISOLATION,
    edits: [{ search: "canonicalUuidV7(headers['ce_id'] ?? '')", replace: "headers['ce_id'] || undefined" }],
    lacks: 'a process that ends while it has records: chaos kills processes, the fuzz only says when one ends',
  },
  {
    name: 'an id has the spelling that was sent',
    row: 'ce_id in capitals',
    only: 'kafka',
    file: 'libs/messaging/dist/cloudevents/ids.js',
    edits: [{ search: '{ value: id };', replace: '{ value: text };' }],
  },
  {
    name: 'any text follows a message',
    row: 'NUL in correlationid',
    only: 'kafka',
    file: ATTRIBUTES,
    edits: [{ search: 'return id !== undefined && FOLLOWABLE.test(id) ? id : undefined;', replace: 'return id;' }],
  },
  {
    name: 'a message must say its time',
    row: 'no ce_time',
    only: 'kafka',
    file: ATTRIBUTES,
    edits: [
      {
        search: "const REQUIRED = ['ce_specversion', 'ce_id', 'ce_type', 'ce_source'];",
        replace: "const REQUIRED = ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'];",
      },
    ],
  },
  {
    name: "zod's own pattern of addresses, in messages",
    row: 'you&me@example.org',
    only: 'kafka',
    file: TEXT,
    edits: [{ search: 'z.email({ pattern: EMAIL_FORM })', replace: 'z.email()' }],
  },
  {
    name: 'an order has the spelling that was sent',
    row: 'order id in capitals',
    only: 'kafka',
    file: TEXT,
    edits: [{ search: "z.uuid({ version: 'v7' }).toLowerCase()", replace: "z.uuid({ version: 'v7' })" }],
  },
  {
    name: 'any text is taken in a message',
    row: 'NUL and half a surrogate pair',
    only: 'kafka',
    file: TEXT,
    edits: [{ search: 'refine(isPlainText,', replace: 'refine(() => true,' }],
  },
  {
    name: 'one dead letter a place',
    row: 'a topic that is made anew',
    only: 'kafka',
    file: 'libs/messaging/dist/inbox/handle/store.js',
    edits: [
      {
        search: '       ORDER BY position\n',
        replace:
          ' WHERE NOT EXISTS (SELECT 1 FROM messaging.parked_messages AS there WHERE there.consumer = $1 AND there.topic = row.topic AND there.partition = row.partition AND there."offset" = row."offset") ORDER BY position\n',
      },
    ],
    lacks: 'a topic that an operator deletes and makes anew while its dead letters are there',
  },
  {
    name: 'what no handler threw stops the partition',
    row: "user code that throws in a handler's locks",
    only: 'kafka',
    file: BATCH_PROCESSOR,
    edits: [{ search: 'return [{ item: undefined, error }];', replace: 'throw error;' }],
    lacks: 'a second fault: no locks and no key of these services throw for what their contracts let pass',
  },
  {
    name: 'every new owner of a partition counts as a crash',
    row: 'four assignments in a deploy',
    only: 'kafka',
    file: CRASH_ISOLATION,
    edits: [{ search: 'crashed ? 1 : 0', replace: '1' }],
    lacks: 'partitions that move between processes: there is one process of each service',
  },
  {
    name: 'a relay that was closed opens a producer',
    row: 'a stop during a start',
    only: 'kafka',
    file: 'libs/messaging/dist/outbox/loop.js',
    edits: [
      {
        search: 'if (this.#closed) {\n            await producer.close();',
        replace: 'if (false) {\n            await producer.close();',
      },
    ],
    lacks: 'a stop while a broker does not answer',
  },
  {
    name: 'a topic that nobody declared is consumed',
    row: 'consumes against @Handles',
    only: 'kafka',
    file: 'libs/service/dist/run/processes.js',
    edits: [{ search: 'checkConsumes(app, definition.consumes);', replace: '' }],
    lacks: 'another program: which topics a service declares is in its code',
  },
];
