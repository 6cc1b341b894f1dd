import type { PlantedBug } from '../../planted/workspace-copy.js';
import type { CaseKind } from '../seeds.js';

/** A fault that the system once had, in the form that it takes today. */
export interface FuzzBug extends PlantedBug {
  /** The input that shows it, in a few words. */
  readonly row: string;
  /** Where the stranger stands that finds it. */
  readonly only: CaseKind;
}

const BODIES = 'libs/http/dist/server/bodies.js';
const PARAMETERS = 'libs/http/dist/validation/parameters.js';
const TOKENS = 'libs/http/dist/auth/token-verifier.js';
const ATTRIBUTES = 'libs/messaging/dist/cloudevents/attributes.js';
const TEXT = 'libs/contracts/dist/text.js';

export const FUZZ_BUGS: readonly FuzzBug[] = [
  {
    name: 'only gzip is read',
    row: 'snappy, lz4, zstd',
    only: 'kafka',
    file: 'libs/messaging/dist/broker/kafkajs/fetch/codecs/unpack.js',
    edits: [
      {
        search: 'if (unpackWith === undefined)\n        throw new MalformedError(`there is no codec ${codec}`);',
        replace: "if (codec > 1) throw new Error('compression not implemented');",
      },
    ],
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
];
