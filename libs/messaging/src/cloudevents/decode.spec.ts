import {
  canonicalUuidV7,
  isPlainText,
  isUuidV7,
  type MessageContract,
  newId,
  type TopicDeclaration,
  uuidV7LowerBound,
} from '@dozen/kernel';
import fc from 'fast-check';
import { z } from 'zod';
import type { FetchedRecord } from '../broker/port.js';
import { messagingPolicy } from '../policy.js';
import { type Decoded, decode, type DecodeRules } from './decode.js';

const HOUR = 60 * 60 * 1000;
const now = new Date();
const commands: TopicDeclaration = {
  name: 'things.commands',
  kind: 'command',
  partitions: 1,
  retentionMs: HOUR,
  cleanup: 'delete',
};
const contract: MessageContract<{ id: string }> = {
  name: 'DoThing',
  version: 1,
  type: 'dozen.DoThing.v1',
  kind: 'command',
  topic: commands,
  schema: z.object({ id: z.string().min(1) }),
  key: (payload) => payload.id,
};
const rules: DecodeRules = {
  contractOf: (type) => (type === contract.type ? contract : undefined),
  isOtherVersion: (type) => type === 'dozen.DoThing.v2',
  commandTopics: new Set([commands.name]),
  keepMs: HOUR,
  clockSkewMs: 5 * 60 * 1000,
  now,
};

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function record(
  change: Partial<Omit<FetchedRecord, 'headers'>> & { headers?: Record<string, string | undefined> } = {},
): FetchedRecord {
  const headers: Record<string, string | undefined> = {
    ce_specversion: '1.0',
    ce_id: newId(),
    ce_type: contract.type,
    ce_source: '/test',
    ce_time: now.toISOString(),
    ce_subject: 'a',
    ...change.headers,
  };
  return {
    topic: commands.name,
    partition: 0,
    offset: '7',
    timestamp: now.getTime(),
    key: Buffer.from('a'),
    value: Buffer.from('{"id":"a"}'),
    ...change,
    headers: Object.fromEntries(Object.entries(headers).filter((e): e is [string, string] => e[1] !== undefined)),
  };
}

const keyed = (key: string): FetchedRecord =>
  record({ key: Buffer.from(key), headers: { ce_subject: key }, value: Buffer.from(JSON.stringify({ id: key })) });

function codeOf(decoded: Decoded): string {
  return decoded.kind === 'refused' ? decoded.error.code : decoded.kind;
}

describe('decode', () => {
  it('gives the payload and the context of a well-formed record', () => {
    const sent = record({ headers: { correlationid: 'c', causationid: 'd', traceparent: TRACE } });
    expect(decode(sent, rules)).toEqual({
      kind: 'message',
      payload: { id: 'a' },
      context: {
        id: sent.headers['ce_id'],
        type: contract.type,
        source: '/test',
        subject: 'a',
        time: now,
        topic: commands.name,
        partition: 0,
        offset: '7',
        traceparent: TRACE,
        correlationId: 'c',
        causationId: 'd',
      },
    });
  });

  it.each([
    ['no headers', record({ headers: { ce_id: undefined, ce_type: undefined, ce_source: undefined } }), 'MSG-HEADERS'],
    ['another CloudEvents version', record({ headers: { ce_specversion: '0.3' } }), 'MSG-HEADERS'],
    ['a time that is none', record({ headers: { ce_time: 'yesterday' } }), 'MSG-HEADERS'],
    ['a time that Date.parse makes out', record({ headers: { ce_time: '2026-02-30T00:00:00Z' } }), 'MSG-HEADERS'],
    ['no time at all', record({ timestamp: -1, headers: { ce_time: undefined } }), 'MSG-HEADERS'],
    ['a body that is no JSON', record({ headers: { 'content-type': 'application/avro' } }), 'MSG-HEADERS'],
    ['an id that is no UUIDv7', record({ headers: { ce_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } }), 'MSG-ID'],
    ['an id of 2090', record({ headers: { ce_id: uuidV7LowerBound(Date.UTC(2090, 0)) } }), 'MSG-ID'],
    [
      'an id older than the inbox',
      record({ headers: { ce_id: uuidV7LowerBound(now.getTime() - 2 * HOUR) } }),
      'MSG-ID',
    ],
    ['an unknown command', record({ headers: { ce_type: 'dozen.Other.v1' } }), 'MSG-UNKNOWN-TYPE'],
    ['a version that it does not read', record({ headers: { ce_type: 'dozen.DoThing.v2' } }), 'MSG-VERSION'],
    ['no key', record({ key: null }), 'MSG-KEY'],
    ['an empty key', record({ key: Buffer.alloc(0) }), 'MSG-KEY'],
    ['a key with NUL', record({ key: Buffer.from('a\0') }), 'MSG-KEY'],
    ['a key that is not UTF-8', record({ key: Buffer.from([0xff]), headers: { ce_subject: undefined } }), 'MSG-KEY'],
    [
      'a key that is too long',
      record({ key: Buffer.alloc(messagingPolicy.textBytes + 1, 'k'), headers: { ce_subject: undefined } }),
      'MSG-KEY',
    ],
    ['a key that is not the subject', record({ headers: { ce_subject: 'b' } }), 'MSG-KEY'],
    ['a key that is not the body’s', record({ value: Buffer.from('{"id":"b"}') }), 'MSG-KEY'],
    ['no body', record({ value: null }), 'MSG-JSON'],
    ['bad JSON', record({ value: Buffer.from('{') }), 'MSG-JSON'],
    ['bad UTF-8', record({ value: Buffer.from([0x22, 0xff, 0x22]) }), 'MSG-JSON'],
    ['a body of another shape', record({ value: Buffer.from('{"id":1}') }), 'MSG-SCHEMA'],
  ])('refuses %s', (_name, sent, code) => {
    expect(codeOf(decode(sent, rules))).toBe(code);
  });

  it('keeps the id of a refused record only where it can be claimed', () => {
    const claimable = record({ value: null });
    expect(decode(claimable, rules)).toMatchObject({ kind: 'refused', id: claimable.headers['ce_id'] });
    expect(decode(record({ headers: { ce_id: uuidV7LowerBound(Date.UTC(2090, 0)) } }), rules)).toMatchObject({
      kind: 'refused',
      id: undefined,
    });
  });

  it('ignores an event of a type that it does not handle', () => {
    expect(decode(record({ topic: 'things.events', headers: { ce_type: 'dozen.New.v1' } }), rules).kind).toBe(
      'ignored',
    );
  });

  it('refuses an event of a version that it does not read: ignored, it would be lost', () => {
    const sent = record({ topic: 'things.events', headers: { ce_type: 'dozen.DoThing.v2' } });
    expect(codeOf(decode(sent, rules))).toBe('MSG-VERSION');
  });

  it('lifts a payload of an earlier version, and says whose fault it is when it cannot', () => {
    const second: MessageContract<{ id: string; size: number }> = {
      ...contract,
      version: 2,
      type: 'dozen.DoThing.v2',
      schema: z.object({ id: z.string(), size: z.int().max(1) }),
      replaces: { contract, upcast: ({ id }: { id: string }) => ({ id, size: id.length }) },
    };
    const both: DecodeRules = { ...rules, contractOf: () => second };
    const ofThing = (id: string) =>
      record({ key: Buffer.from(id), headers: { ce_subject: id }, value: Buffer.from(JSON.stringify({ id })) });
    expect(decode(ofThing('a'), both)).toMatchObject({
      kind: 'message',
      payload: { id: 'a', size: 1 },
      context: { type: contract.type },
    });
    expect(codeOf(decode(ofThing('too long'), both))).toBe('MSG-UPCAST');
    expect(codeOf(decode(record({ value: Buffer.from('{"id":""}') }), both))).toBe('MSG-SCHEMA');
  });

  it('refuses a body in which the contract looks for its key in vain, and throws', () => {
    const throwing = {
      ...contract,
      key: (): string => {
        throw new TypeError('nothing there');
      },
    };
    const decoded = decode(record(), { ...rules, contractOf: () => throwing });
    expect(codeOf(decoded)).toBe('MSG-KEY');
    expect(decoded).toMatchObject({ error: { message: 'the contract finds no key in the body: nothing there' } });
  });

  it('refuses a command type on a topic of events', () => {
    expect(codeOf(decode(record({ topic: 'things.events' }), rules))).toBe('MSG-UNKNOWN-TYPE');
  });

  it('refuses a body with more mistakes than anybody reads, and says how many more', () => {
    const many: MessageContract<{ ids: string[] }> = {
      ...contract,
      schema: z.object({ ids: z.array(z.string()) }),
      key: () => 'a',
    };
    const ids = Array.from({ length: 1000 }, (_, n) => n);
    const decoded = decode(record({ value: Buffer.from(JSON.stringify({ ids })) }), {
      ...rules,
      contractOf: () => many,
    });
    expect(decoded).toMatchObject({ error: { code: 'MSG-SCHEMA', details: { more: 990 } } });
  });

  it.each([
    ['in any case and with parameters', 'Application/JSON ; charset=UTF-8'],
    ['as text', 'text/json'],
    ['of a kind', 'application/vnd.shop.order+json'],
    ['left out', undefined],
  ])('takes a media type of JSON, %s', (_name, mediaType) => {
    expect(decode(record({ headers: { 'content-type': mediaType } }), rules).kind).toBe('message');
  });

  it('says what it is when CloudEvents come in structured mode', () => {
    const { topic } = record();
    const structured = {
      ...record(),
      topic,
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    };
    expect(decode(structured, rules)).toMatchObject({
      error: { code: 'MSG-HEADERS', message: expect.stringContaining('structured mode') as string },
    });
  });

  it('gives a message that says no time that of its record', () => {
    const sent = record({ timestamp: Date.UTC(2026, 0, 2), headers: { ce_time: undefined } });
    expect(decode(sent, rules)).toMatchObject({ context: { time: new Date('2026-01-02T00:00:00Z') } });
  });
});

describe('one spelling', () => {
  const id = newId();
  const key = newId();
  const spellings = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.replace(/[a-f]/, (letter) => letter.toUpperCase()),
  );

  it('is what ids and keys have inside, whatever they have outside', () => {
    fc.assert(
      fc.property(spellings, spellings, spellings, spellings, (ofId, ofKey, ofSubject, ofBody) => {
        const sent = record({
          key: Buffer.from(ofKey(key)),
          headers: { ce_id: ofId(id), ce_subject: ofSubject(key) },
          value: Buffer.from(JSON.stringify({ id: ofBody(key) })),
        });
        expect(decode(sent, rules)).toMatchObject({
          kind: 'message',
          context: { id, subject: key, correlationId: id },
        });
        expect(decode({ ...sent, value: null }, rules)).toMatchObject({ kind: 'refused', id });
      }),
    );
  });

  it.each([
    ['a control character', Buffer.from('a\nb')],
    ['bytes that are no UTF-8', Buffer.from([0xff])],
  ])('is none for a key with %s, though the body’s reads the same', (_what, bytes) => {
    const value = Buffer.from(JSON.stringify({ id: bytes.toString('utf8') }));
    expect(codeOf(decode(record({ key: bytes, value, headers: { ce_subject: undefined } }), rules))).toBe('MSG-KEY');
  });

  it('is not made of a key that is no UUIDv7: capitals of a SKU count', () => {
    expect(decode(keyed('COFFEE-1KG'), rules)).toMatchObject({ context: { subject: 'COFFEE-1KG' } });
    expect(codeOf(decode({ ...keyed('COFFEE-1KG'), key: Buffer.from('coffee-1kg') }, rules))).toBe('MSG-KEY');
  });
});

describe('a header that cannot be used', () => {
  const unusable: [string, string][] = [
    ['with NUL', 'a\0b'],
    ['with a control character', 'a\nb'],
    ['with bytes that were no UTF-8', 'a\uFFFDb'],
    ['with half a pair', 'a\uD800b'],
    ['that is too long', 'x'.repeat(messagingPolicy.textBytes + 1)],
  ];

  it.each(
    ['ce_source', 'ce_type', 'ce_subject', 'ce_time'].flatMap((name) =>
      unusable.map(([what, text]) => [name, what, text] as const),
    ),
  )('%s %s: the message is refused, and the reason names it and quotes nothing', (name, _what, text) => {
    const decoded = decode(record({ headers: { [name]: text } }), rules);
    expect(codeOf(decoded)).toBe('MSG-HEADERS');
    const { message } = (decoded as Extract<Decoded, { kind: 'refused' }>).error;
    expect(message).toContain(name);
    expect(message.length).toBeLessThan(100);
  });

  it.each(unusable)('but only goes with the message, %s: the message is handled as without it', (_what, text) => {
    const sent = record({ headers: { correlationid: text, causationid: text, traceparent: text } });
    expect(decode(sent, rules)).toMatchObject({
      kind: 'message',
      context: { correlationId: sent.headers['ce_id'], causationId: undefined, traceparent: undefined },
    });
  });

  it('of a later version of W3C trace context is carried on as far as it is known', () => {
    const sent = record({ headers: { traceparent: `cc${TRACE.slice(2)}-${'\0'.repeat(5000)}` } });
    expect(decode(sent, rules)).toMatchObject({ context: { traceparent: TRACE } });
  });

  it('is cleaned where it is an operator’s note', () => {
    const sent = record({ headers: { ce_fixedby: 'a\0\nda ', ce_fixreason: 'y'.repeat(5000) } });
    expect(decode(sent, rules)).toMatchObject({
      context: { fix: { by: 'a da', reason: 'y'.repeat(messagingPolicy.noteChars) } },
    });
  });
});

describe('whatever an external producer sends', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.string({ maxLength: 2000 }),
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    fc.constantFrom(
      '',
      '1.0',
      contract.type,
      'dozen.DoThing.v2',
      newId(),
      newId().toUpperCase(),
      'application/json',
      TRACE,
    ),
  );
  const name = fc.oneof(
    fc.constantFrom('ce_id', 'ce_type', 'ce_time', 'ce_subject', 'ce_source', 'ce_specversion', 'content-type'),
    fc.constantFrom('correlationid', 'causationid', 'traceparent', 'ce_fixedby', 'ce_fixreason', '__proto__'),
  );
  const anyBytes = fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.constantFrom('a', 'A', newId(), newId().toUpperCase()).map((text) => Buffer.from(text)),
    ),
  );
  /** A good message with some of it replaced. */
  const strange = fc
    .record({
      parts: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.record(
            { key: anyBytes, value: anyBytes, timestamp: fc.double(), topic: fc.string() },
            { requiredKeys: [] },
          ),
        },
      ),
      headers: fc.dictionary(name, fc.option(anyText, { nil: undefined }), { maxKeys: 3 }),
      id: fc.constantFrom('a', newId(), newId().toUpperCase()),
    })
    .map(({ parts, headers, id }) => {
      const good = keyed(id);
      return record({ key: good.key, value: good.value, ...parts, headers: { ce_subject: id, ...headers } });
    });

  it('is a value, and what is taken has ids in one spelling and plain, bounded text', () => {
    let taken = 0;
    fc.assert(
      fc.property(strange, (sent) => {
        const decoded = decode(sent, rules);
        if (decoded.kind === 'ignored') return;
        if (decoded.kind === 'refused') {
          const { message, details } = decoded.error;
          expect(isPlainText(message) && isPlainText(JSON.stringify(details))).toBe(true);
          expect(message.length + JSON.stringify(details).length).toBeLessThan(8000);
          if (decoded.id !== undefined) expect(isUuidV7(decoded.id)).toBe(true);
          return;
        }
        taken += 1;
        const { time, fix = { by: '', reason: '' }, ...texts } = decoded.context;
        expect(isUuidV7(texts.id)).toBe(true);
        expect(canonicalUuidV7(texts.subject) ?? texts.subject).toBe(texts.subject);
        expect(time.toISOString()).toMatch(/^\d{4}-/);
        for (const text of Object.values({ ...texts, ...fix })) {
          if (typeof text !== 'string') continue;
          expect(isPlainText(text)).toBe(true);
          expect(text).not.toMatch(/\p{Cc}/u);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3 * messagingPolicy.noteChars);
        }
      }),
      { numRuns: 2000 },
    );
    // A property that nothing comes to says nothing.
    expect(taken).toBeGreaterThan(50);
  });
});
