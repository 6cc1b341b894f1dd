import type { PlantedBug } from '../../planted/workspace-copy.js';
import type { CaseKind } from '../seeds.js';

/** A fault that the system once had, in the form that it takes today. */
export interface FuzzBug extends PlantedBug {
  /** The input that shows it, in a few words. */
  readonly row: string;
  /** Where the stranger stands that finds it. */
  readonly only: CaseKind;
  /** Why no case shows it: what the fuzz would have to do, and does not. */
  readonly lacks?: string;
}

const BODIES = 'libs/http/dist/server/bodies.js';
const PARAMETERS = 'libs/http/dist/validation/parameters.js';
const TOKENS = 'libs/http/dist/auth/token-verifier.js';
const ATTRIBUTES = 'libs/messaging/dist/cloudevents/attributes.js';
const TEXT = 'libs/contracts/dist/text.js';
const UNPACK = 'libs/messaging/dist/broker/kafkajs/fetch/codecs/unpack.js';
const CAREFUL_START = 'libs/messaging/dist/inbox/careful-start.js';
const BATCH_PROCESSOR = 'libs/messaging/dist/inbox/batch-processor.js';

export const FUZZ_BUGS: readonly FuzzBug[] = [
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
    name: "kafkajs' own reader of fetch answers",
    row: 'a broken batch',
    only: 'kafka',
    file: 'libs/messaging/dist/broker/kafkajs/consumer.js',
    edits: [{ search: 'useFetchReader();', replace: '' }],
  },
  {
    name: 'unpacking without a bound',
    row: 'a batch of 32 MiB in a few KiB',
    only: 'kafka',
    file: UNPACK,
    edits: [{ search: 'ungzip(packed, { maxOutputLength: maxBytes })', replace: 'ungzip(packed)' }],
  },
  {
    name: 'what cannot be read is decoded all the same',
    row: 'a broken batch',
    only: 'kafka',
    file: 'libs/messaging/dist/inbox/record-reader.js',
    edits: [{ search: 'if (record.unreadable !== undefined)', replace: 'if (false)' }],
  },
  {
    name: 'the careful start asks for the id as it was sent',
    row: 'ce_id in capitals',
    only: 'kafka',
    file: CAREFUL_START,
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
    name: 'any text is taken in a body',
    row: 'NUL and half a surrogate pair',
    only: 'http',
    file: TEXT,
    edits: [{ search: 'refine(isPlainText,', replace: 'refine(() => true,' }],
  },
  {
    name: "zod's own pattern of addresses, in tokens",
    row: 'you&me@example.org',
    only: 'http',
    file: TOKENS,
    edits: [{ search: 'email: z.string().max(MAX_EMAIL).refine(isEmailAddress)', replace: 'email: z.email()' }],
  },
  {
    name: 'bytes that are no UTF-8 become U+FFFD',
    row: 'a byte 0xFF in a body',
    only: 'http',
    file: BODIES,
    edits: [{ search: "new TextDecoder('utf-8', { fatal: true })", replace: "new TextDecoder('utf-8')" }],
  },
  {
    name: "a path's id has the spelling that was sent",
    row: 'events of an id in capitals',
    only: 'http',
    file: TEXT,
    edits: [{ search: "z.uuid({ version: 'v7' }).toLowerCase()", replace: "z.uuid({ version: 'v7' })" }],
  },
  {
    name: 'HEAD of a stream reads on',
    row: 'HEAD of an event stream',
    only: 'http',
    file: 'libs/http/dist/server/head.js',
    edits: [{ search: 'payload.destroy();', replace: 'payload.resume();' }],
  },
  {
    name: 'no body is a bad body',
    row: 'content-type without a body',
    only: 'http',
    file: BODIES,
    edits: [{ search: 'if (bytes.length === 0 || request.is404)', replace: 'if (request.is404)' }],
  },
  {
    name: 'every media type is JSON',
    row: 'text/plain',
    only: 'http',
    file: BODIES,
    edits: [{ search: "type?.essence !== 'application/json'", replace: 'type === undefined' }],
  },
  {
    name: 'every mistake is listed',
    row: '5000 unknown keys',
    only: 'http',
    file: 'libs/http/dist/validation/invalid-parts.js',
    edits: [{ search: 'export const MOST_PARTS = 20;', replace: 'export const MOST_PARTS = 100_000;' }],
  },
  {
    name: "any text is a token's subject",
    row: 'NUL in sub',
    only: 'http',
    file: TOKENS,
    edits: [
      { search: 'sub: z.string().min(1).max(200).refine(isPlainText)', replace: 'sub: z.string().min(1).max(200)' },
    ],
  },
  {
    name: 'streams may be transformed',
    row: 'a compressing proxy',
    only: 'http',
    file: 'apps/gateway/dist/adapters/http/event-stream.js',
    edits: [{ search: 'no-store, no-transform', replace: 'no-store' }],
  },
  {
    name: "JavaScript's own reading of numbers",
    row: 'limit=0x10',
    only: 'http',
    file: PARAMETERS,
    edits: [{ search: '.regex(digits,', replace: '.regex(/^/,' }],
  },
  {
    name: "JavaScript's own reading of times",
    row: 'a cursor of the year -271821',
    only: 'http',
    file: 'libs/http/dist/pagination.js',
    edits: [{ search: '.regex(MOMENT)', replace: '' }],
  },
  {
    name: 'packed bodies are read as they are',
    row: 'content-encoding: gzip',
    only: 'http',
    file: BODIES,
    edits: [{ search: "coding !== '' && coding !== 'identity'", replace: 'false' }],
  },
  {
    name: 'a stream outlives its token',
    row: 'a token that ends',
    only: 'http',
    file: 'apps/gateway/dist/adapters/http/open-streams.js',
    edits: [{ search: 'if (until.getTime() <= now)', replace: 'if (false)' }],
    lacks: 'a stream that is read until its token ends: a case takes a second at most',
  },
  {
    name: 'one dead letter a place',
    row: 'a topic that is made anew',
    only: 'kafka',
    file: 'libs/messaging/dist/inbox/store.js',
    edits: [
      {
        search: '       ORDER BY position\n       ON CONFLICT DO NOTHING',
        replace:
          ' WHERE NOT EXISTS (SELECT 1 FROM messaging.parked_messages AS there WHERE there.consumer = $1 AND there.topic = row.topic AND there.partition = row.partition AND there."offset" = row."offset") ORDER BY position ON CONFLICT DO NOTHING',
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
    file: CAREFUL_START,
    edits: [{ search: 'crashed ? 1 : 0', replace: '1' }],
    lacks: 'partitions that move between processes: there is one process of each service',
  },
  {
    name: 'a drain uses up an attempt',
    row: 'a drain during the last attempt of a job',
    only: 'http',
    file: 'libs/database/dist/jobs/held-job.js',
    edits: [{ search: ', retry_limit = retry_limit + 1', replace: '' }],
    lacks: 'a drain during a job: services stop when all is over',
  },
  {
    name: 'a lane that was closed opens a producer',
    row: 'a stop during a start',
    only: 'kafka',
    file: 'libs/messaging/dist/outbox/lane.js',
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
    file: 'libs/service/dist/run/start-service.js',
    edits: [{ search: 'checkConsumes(http.app, definition.consumes);', replace: '' }],
    lacks: 'another program: which topics a service declares is in its code',
  },
  {
    name: 'no handler of signals before the application is loaded',
    row: 'SIGTERM 150 ms after the start',
    only: 'http',
    file: 'libs/service/dist/register.js',
    edits: [{ search: "await import('@dozen/shutdown/register');", replace: '' }],
    lacks: 'a stop at a start: services start before the first case',
  },
  {
    name: "a currency's digits are the locale data's",
    row: 'a price in HUF',
    only: 'http',
    file: 'libs/kernel/dist/money.js',
    edits: [
      { search: 'minimumFractionDigits: digits,', replace: '' },
      { search: 'maximumFractionDigits: digits,', replace: '' },
    ],
    lacks: 'prices, which only an operator sets, and a reader of mails',
  },
  {
    name: 'every product can be sold',
    row: 'a price that cannot be multiplied',
    only: 'http',
    file: 'apps/orders/dist/domain/pricing.js',
    edits: [{ search: 'product === undefined || !isSellable(product)', replace: 'product === undefined' }],
    lacks: 'prices, which only an operator sets',
  },
];
