import type { DeadLetter, Fates } from './fates.js';
import { gradeOf, PLACE } from './record-case.js';
import { judgeRecord } from './record-oracle.js';
import type { RecordOddity } from './record-oddity.js';
import type { SentRecord } from './sender.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const illegal: RecordOddity = { of: 'key', form: 'null', grade: 'illegal' };
const free: RecordOddity = { of: 'key', form: 'capitals', grade: 'free' };
const frame: RecordOddity = { of: 'frame', how: 'fewer-counted', grade: 'free' };
const letter: DeadLetter = {
  service: 'orders',
  topic: 'orders.commands',
  partition: 0,
  offset: '1',
  messageId: ID,
  code: 'MSG-KEY',
  reason: 'the record has no key',
};

function sent(oddities: readonly RecordOddity[], more: Partial<SentRecord> = {}): SentRecord {
  return {
    index: 0,
    one: { type: PLACE, codec: 'none', payload: {}, oddities },
    made: { topic: 'orders.commands', frame: { headers: [] }, id: ID, subject: ID, timestamp: undefined },
    partition: 0,
    offset: 1n,
    refused: undefined,
    aborted: false,
    ...more,
  };
}

function fates(is: { order?: boolean; claimed?: boolean; letters?: readonly DeadLetter[] }): Fates {
  return {
    deadLettersOf: () => is.letters ?? [],
    isClaimed: () => is.claimed ?? false,
    hasOrder: () => is.order ?? false,
    hasProduct: () => false,
  };
}

const judged = (record: SentRecord, is: Parameters<typeof fates>[0]): string | undefined =>
  judgeRecord(record, fates(is))?.what;

describe('the oracle of records', () => {
  it('is content with a legal one that is handled, an illegal one that is a dead letter, and either for the rest', () => {
    expect(judged(sent([]), { order: true, claimed: true })).toBeUndefined();
    expect(judged(sent([illegal]), { letters: [letter] })).toBeUndefined();
    expect(judged(sent([free]), { letters: [letter] })).toBeUndefined();
    expect(judged(sent([free]), { order: true })).toBeUndefined();
    expect(judged(sent([illegal], { refused: 'error 87' }), {})).toBeUndefined();
  });

  it('sees what is lost', () => {
    expect(judged(sent([]), {})).toBe('neither handled nor a dead letter');
    expect(judged(sent([free]), {})).toBe('neither handled nor a dead letter');
    expect(judged(sent([]), { claimed: true })).toBe('claimed and never handled');
  });

  it('sees what is refused though it is right, and handled though it is not', () => {
    expect(judged(sent([]), { letters: [letter] })).toBe('a dead letter MSG-KEY though it is right');
    expect(judged(sent([]), { letters: [{ ...letter, code: null, reason: null }] })).toBe('put aside and not decided');
    expect(judged(sent([], { refused: 'error 2' }), {})).toBe('refused by the broker though it is right');
    expect(judged(sent([illegal]), { order: true })).toBe('handled though it is not right');
    expect(judged(sent([], { aborted: true }), { order: true })).toBe('handled though its transaction was aborted');
  });

  it('wants of what nobody may unpack a dead letter that says so', () => {
    const bomb: RecordOddity = { of: 'frame', how: 'bomb', grade: 'free' };
    expect(judged(sent([bomb]), { letters: [{ ...letter, code: 'MSG-UNREADABLE' }] })).toBeUndefined();
    expect(judged(sent([bomb]), { letters: [letter] })).toBe('a dead letter MSG-KEY of what nobody may unpack');
  });

  it('lets a batch that lies hold no record', () => {
    expect(judged(sent([frame]), {})).toBeUndefined();
  });

  it('takes one illegal part for an illegal whole, and says nothing of parts that undo each other', () => {
    const value: RecordOddity = { of: 'value', how: 'null', grade: 'illegal' };
    const bytes: RecordOddity = { of: 'bytes', how: 'cut', grade: 'illegal' };
    expect(gradeOf(sent([illegal, free]).one)).toBe('illegal');
    expect(gradeOf(sent([value, bytes]).one)).toBe('free');
    expect(gradeOf(sent([]).one)).toBe('legal');
  });
});
