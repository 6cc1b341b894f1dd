import fc from 'fast-check';
import { createLogger, newTrace, parseTraceparent, runWithTrace, withLogFields } from '../index.js';
import type { Logger, LoggerOptions } from '../index.js';

type Line = Record<string, unknown>;

function setUp(options: Partial<LoggerOptions> = {}): { logger: Logger; raw: string[]; last: () => Line } {
  const raw: string[] = [];
  const destination = { write: (line: string): void => void raw.push(line) };
  const logger = createLogger({ service: 'orders', release: 'r1', level: 'trace', destination, ...options });
  return { logger, raw, last: () => JSON.parse(raw.at(-1) ?? '') as Line };
}

const person = { name: 'x', email: 'ada@example.com', locale: 'en' };

describe('createLogger', () => {
  it('writes one JSON line with time, level name, service, release and msg', () => {
    const { logger, raw, last } = setUp();
    logger.warn({ attempt: 2 }, 'slow');
    expect(raw).toHaveLength(1);
    expect(raw[0]?.endsWith('}\n')).toBe(true);
    const { time, ...rest } = last();
    expect(rest).toEqual({ level: 'warn', service: 'orders', release: 'r1', attempt: 2, msg: 'slow' });
    expect(new Date(String(time)).toISOString()).toBe(time);
  });

  it('keeps to its level', () => {
    const { logger, raw } = setUp({ level: 'warn' });
    logger.info('x');
    expect(raw).toEqual([]);
  });

  it('adds trace id, span id and scope fields to every line of the scope, also of child loggers', async () => {
    const { logger, last } = setUp();
    const trace = newTrace();
    await runWithTrace(trace, () =>
      withLogFields({ order_id: 'o1' }, async () => {
        await Promise.resolve();
        withLogFields({ message_id: 'm1' }, () => logger.child({ part: 'relay' }).info('x'));
      }),
    );
    const parent = parseTraceparent(trace.traceparent);
    expect(last()).toMatchObject({
      trace_id: parent?.traceId,
      span_id: parent?.spanId,
      order_id: 'o1',
      message_id: 'm1',
      part: 'relay',
    });
    logger.info('outside');
    expect(Object.keys(last())).toEqual(['level', 'time', 'service', 'release', 'msg']);
  });

  it('keeps scope fields when a trace begins inside, and lets the nearer field win', () => {
    const { logger, last } = setUp();
    withLogFields({ order_id: 'o1', part: 'a', outer: 1 }, () =>
      runWithTrace(newTrace(), () => withLogFields({ part: 'b' }, () => logger.info({ order_id: 'own' }, 'x'))),
    );
    expect(last()).toMatchObject({ order_id: 'own', part: 'b', outer: 1 });
  });

  it.each<[string, object, object]>([
    [
      'credentials of a request',
      { req: { headers: { authorization: 'Bearer abc', 'Set-Cookie': ['a=b'] } } },
      { req: { headers: { authorization: '[redacted]', 'Set-Cookie': '[redacted]' } } },
    ],
    ['personal data', { customer: person }, { customer: { ...person, email: '[redacted]' } }],
    [
      'what is deep in lists',
      { a: [{ b: [{ customer: person }] }] },
      { a: [{ b: [{ customer: { ...person, email: '[redacted]' } }] }] },
    ],
    [
      'tokens by any name',
      { paymentToken: 'tok_ok', access_token: 'x', 'client-secret': 'y', card_number: '4242', card: { cvc: 123 } },
      {
        paymentToken: '[redacted]',
        access_token: '[redacted]',
        'client-secret': '[redacted]',
        card_number: '[redacted]',
        card: { cvc: '[redacted]' },
      },
    ],
    ['a top-level secret', { password: 'x' }, { password: '[redacted]' }],
    ['a URL object with credentials', { url: new URL('postgres://u:p@db/x') }, { url: 'postgres://[redacted]@db/x' }],
  ])('hides %s', (_, fields, expected) => {
    const { logger, last } = setUp();
    logger.info(fields, 'x');
    expect(last()).toMatchObject(expected);
  });

  it('does not change what was logged', () => {
    const { logger } = setUp();
    const fields = { customer: { ...person } };
    logger.info(fields, 'x');
    expect(fields).toEqual({ customer: person });
  });

  it('hides secrets in the bindings of children, grandchildren and set later', () => {
    const { logger, raw } = setUp();
    const child = logger.child({ customer: person }).child({ token: 'hidden-1' }, { level: 'info' });
    child.setBindings({ password: 'hidden-2' });
    child.info('x');
    expect(raw.join('')).not.toMatch(/hidden|ada@/);
    expect(raw).toHaveLength(1);
  });

  it('hides what errors carry in message, stack, cause and fields, and keeps the rest', () => {
    const { logger, raw, last } = setUp();
    const cause = new Error('550 no mailbox ada@example.com');
    const error = Object.assign(new Error('connect postgres://u:hunter2@db failed', { cause }), {
      code: 'ECONNREFUSED',
      config: { headers: { Authorization: 'Bearer abcdefghijkl' } },
    });
    logger.error({ err: error, nested: { error } }, error.message);
    expect(raw.join('')).not.toMatch(/hunter2|ada@|abcdefghijkl/);
    expect(last()).toMatchObject({
      err: {
        type: 'Error',
        code: 'ECONNREFUSED',
        message: 'connect postgres://[redacted]@db failed: 550 no mailbox [redacted]',
      },
      nested: { error: { type: 'Error' } },
    });
    logger.error(error);
    expect(raw.join('')).not.toMatch(/hunter2/);
  });

  it('hides mail addresses, bearer tokens and credentials of URLs wherever they stand in a text', () => {
    const text = fc.string({ unit: 'grapheme' });
    const secret = fc.constantFrom('ada@example.com', 'Bearer abc.def-123', 'kafka://u:p%40w@h1:9092');
    fc.assert(
      fc.property(text, secret, text, (before, hidden, after) => {
        const { logger, raw, last } = setUp();
        logger.info({ note: `${before} ${hidden} ${after}` }, '%s', `${before} ${hidden} ${after}`);
        expect(raw.join('')).not.toMatch(/ada@example|abc\.def|u:p%40w/);
        expect(last()['msg']).toEqual(expect.stringContaining('[redacted]'));
      }),
    );
  });

  it('writes one valid JSON line for anything that can be logged', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
        (fields) => {
          const { logger, raw, last } = setUp();
          logger.info({ fields }, 'x');
          expect(raw).toHaveLength(1);
          expect(last()).toMatchObject({ msg: 'x', level: 'info' });
        },
      ),
    );
  });

  it('survives cycles, depth, and getters that throw', () => {
    const { logger, last } = setUp();
    const cycle: Record<string, unknown> = { n: 1 };
    cycle['self'] = cycle;
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 5000; level += 1) deep = { deep };
    const nasty = {
      get boom(): never {
        throw new RangeError('no');
      },
    };
    logger.info({ cycle, deep, nasty, bytes: Buffer.from('secret') }, 'x');
    expect(last()).toMatchObject({
      cycle: { n: 1, self: '[circular]' },
      nasty: { boom: '[unreadable: RangeError]' },
      bytes: '[6 bytes]',
    });
    expect(JSON.stringify(last()['deep'])).toMatch(/^(\{"deep":){1,8}"\[too deep\]"/);
  });

  it('scrubs a text of a megabyte in less than a second', () => {
    const { logger } = setUp();
    const startedAt = performance.now();
    for (const unit of ['a', 'a@', 'a.', '://', 'x://y', 'Bearer ', 'a@b.']) {
      logger.info({ text: unit.repeat(1_000_000 / unit.length) }, 'x');
    }
    expect(performance.now() - startedAt).toBeLessThan(7000);
  });
});

describe('pretty', () => {
  it('is for people: one line with the fields, then the stack', () => {
    const { logger, raw } = setUp({ pretty: true });
    logger.info({ order_id: 'o1', n: 2 }, 'placed');
    logger.error({ err: new Error('boom') }, 'failed');
    expect(raw[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {3}orders {2}placed {2}order_id=o1 {2}n=2\n$/);
    expect(raw[1]).toMatch(/ERROR {2}orders {2}failed\n {4}Error: boom\n {8}at /);
  });
});
