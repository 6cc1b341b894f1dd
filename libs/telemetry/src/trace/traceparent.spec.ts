import fc from 'fast-check';
import { childOf, formatTraceparent, newTraceparent, parseTraceparent } from '../index.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
const parent = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean(), random: fc.boolean() });
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('traceparent', () => {
  it('parses what it formats', () => {
    fc.assert(fc.property(parent, (value) => expect(parseTraceparent(formatTraceparent(value))).toEqual(value)));
  });

  it('never throws, and formats whatever it accepts into something that it accepts', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parent.map(formatTraceparent).map((text) => `${text}x`),
        ),
        (text) => {
          const value = parseTraceparent(text);
          if (value !== undefined) expect(parseTraceparent(formatTraceparent(value))).toEqual(value);
        },
      ),
    );
  });

  it.each([
    ['', 'nothing'],
    [`00-${TRACE}-${SPAN}`, 'no flags'],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, 'capitals'],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, 'the invalid trace id'],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, 'the invalid span id'],
    [`ff-${TRACE}-${SPAN}-01`, 'the forbidden version'],
    [`00-${TRACE}-${SPAN}-01-more`, 'more than version 00 has'],
    [`01-${TRACE}-${SPAN}-01more`, 'more without a dash'],
    [` 00-${TRACE}-${SPAN}-01`, 'a blank'],
    [`00-${TRACE}-${SPAN}-01\n`, 'a line break'],
  ])('ignores %j: %s', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('reads a later version by what version 00 knows, and drops flags that it does not know', () => {
    const value = parseTraceparent(`cc-${TRACE}-${SPAN}-ff-what-the-future-holds`);
    expect(value).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true, random: true });
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: true, random: true })).toBe(
      `00-${TRACE}-${SPAN}-03`,
    );
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)).toMatchObject({ sampled: false, random: false });
  });

  it('makes a child of the same trace and flags with a span id of its own', () => {
    fc.assert(
      fc.property(parent, (value) => {
        const child = parseTraceparent(childOf(formatTraceparent(value)));
        expect(child).toEqual({ ...value, spanId: expect.any(String) as unknown });
        expect(child?.spanId).not.toBe(value.spanId);
      }),
    );
  });

  it('begins a new trace under a parent that is none', () => {
    expect(parseTraceparent(childOf('garbage'))).toMatchObject({ sampled: true, random: true });
    expect(newTraceparent()).not.toBe(newTraceparent());
  });
});
