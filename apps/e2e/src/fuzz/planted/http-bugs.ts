import type { FuzzBug } from './fuzz-bug.js';

const BODIES = 'libs/http/dist/server/bodies.js';
const PARAMETERS = 'libs/http/dist/validation/parameters.js';
const TOKENS = 'libs/http/dist/auth/token-verifier.js';
const TEXT = 'libs/contracts/dist/text.js';

/** Bugs that the HTTP fuzz finds. */
export const HTTP_BUGS: readonly FuzzBug[] = [
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
    lacks:
      'a bound that sees it: however many readers stay, they ask once in two seconds, a small part of what an idle gateway does',
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
    lacks: 'more cases: one in several thousand has such a time and an id that the list takes',
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
    name: 'a drain uses up an attempt',
    row: 'a drain during the last attempt of a job',
    only: 'http',
    file: 'libs/database/dist/jobs/held-job.js',
    edits: [{ search: ', retry_limit = retry_limit + 1', replace: '' }],
    lacks: 'a drain during a job: services stop when all is over',
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
  {
    name: 'Nest deletes keys before the schema sees them',
    row: 'a key constructor',
    only: 'http',
    file: 'libs/http/dist/validation/validation-pipe.js',
    edits: [{ search: 'stripProtoKeys() {', replace: 'leaveKeys() {' }],
  },
];
