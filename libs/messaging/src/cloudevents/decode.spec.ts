import { type MessageContract, newId, type TopicDeclaration, uuidV7Floor } from '@dozen/kernel';
import fc from 'fast-check';
import { z } from 'zod';
import type { FetchedRecord } from '../broker/port.js';
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
    key: Buffer.from('a'),
    value: Buffer.from('{"id":"a"}'),
    ...change,
    headers: Object.fromEntries(Object.entries(headers).filter((e): e is [string, string] => e[1] !== undefined)),
  };
}

function codeOf(decoded: Decoded): string {
  return decoded.kind === 'refused' ? decoded.error.code : decoded.kind;
}

describe('decode', () => {
  it('gives the payload and the context of a well-formed record', () => {
    const sent = record({ headers: { correlationid: 'c', causationid: 'd', traceparent: 't' } });
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
        traceparent: 't',
        correlationId: 'c',
        causationId: 'd',
      },
    });
  });

  it.each([
    ['no headers', record({ headers: { ce_id: undefined, ce_type: undefined, ce_source: undefined } }), 'MSG-HEADERS'],
    ['another CloudEvents version', record({ headers: { ce_specversion: '0.3' } }), 'MSG-HEADERS'],
    ['a time that is none', record({ headers: { ce_time: 'yesterday' } }), 'MSG-HEADERS'],
    ['an id that is no UUIDv7', record({ headers: { ce_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } }), 'MSG-ID'],
    ['an id of 2090', record({ headers: { ce_id: uuidV7Floor(Date.UTC(2090, 0)) } }), 'MSG-ID'],
    ['an id older than the inbox', record({ headers: { ce_id: uuidV7Floor(now.getTime() - 2 * HOUR) } }), 'MSG-ID'],
    ['an unknown command', record({ headers: { ce_type: 'dozen.Other.v1' } }), 'MSG-UNKNOWN-TYPE'],
    ['a version that it does not read', record({ headers: { ce_type: 'dozen.DoThing.v2' } }), 'MSG-VERSION'],
    ['no key', record({ key: null }), 'MSG-KEY'],
    ['an empty key', record({ key: Buffer.alloc(0) }), 'MSG-KEY'],
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
    expect(decode(record({ headers: { ce_id: uuidV7Floor(Date.UTC(2090, 0)) } }), rules)).toMatchObject({
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

  it('never throws, whatever a stranger sends', () => {
    const anything = fc.record({
      key: fc.option(fc.uint8Array()),
      value: fc.option(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
      ),
      headers: fc.dictionary(
        fc.constantFrom('ce_id', 'ce_type', 'ce_time', 'ce_subject', 'ce_source', 'ce_specversion'),
        fc.oneof(fc.string(), fc.constant(contract.type), fc.constant('1.0')),
      ),
    });
    fc.assert(
      fc.property(anything, ({ key, value, headers }) => {
        const sent = { ...record(), key: key && Buffer.from(key), value: value && Buffer.from(value) };
        expect(['message', 'ignored', 'refused']).toContain(
          decode({ ...sent, headers: { ...sent.headers, ...headers } }, rules).kind,
        );
      }),
    );
  });
});
