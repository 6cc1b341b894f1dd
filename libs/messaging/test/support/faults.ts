import { DozenError, type MessageContract } from '@dozen/kernel';
import fc from 'fast-check';
import type { DataSource, EntityManager } from 'typeorm';
import type { BatchMessage, MessageHandler } from '../../src/index.js';
import { type Note, Noted } from './parking-rig.js';

/** Where somebody else's code, or the database, may fail while a message is handled. */
export type Place = 'key' | 'schema' | 'upcast' | 'locks' | 'handler' | 'batch' | 'statement' | 'claim' | 'commit';

export interface Fault {
  readonly place: Place;
  /** What is thrown there; for the database an SQLSTATE. */
  readonly kind: string;
  /** It stops after the message was refused: a deploy mended it, say. An outage always ends. */
  readonly heals: boolean;
}

/** Code of ours and of handlers throws all of these somewhere; each with whether the closed list has it. */
const THROWN: Readonly<Record<string, { readonly of: () => unknown; readonly infrastructure?: true }>> = {
  error: { of: () => new Error('odd') },
  nul: { of: () => new Error('a \0 and half a pair: \uD800') },
  quoting: { of: () => new Error('no customer "Connection terminated"') },
  coded: { of: () => new DozenError('TST-BAD', 'bad') },
  permanent: { of: () => new DozenError('TST-NEVER', 'never', { permanent: true }) },
  bigint: { of: () => new DozenError('TST-BIG', 'big', { details: { n: 1n } }) },
  prototype: { of: () => Object.assign(new Error('odd'), { code: 'constructor' }) },
  unlisted: { of: () => Object.assign(new Error('new'), { code: 'ENEW' }) },
  text: { of: () => 'a text' },
  nothing: { of: () => undefined },
  bare: { of: () => Object.create(null) as unknown },
  refused: { of: () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), infrastructure: true },
};

const LISTED = ['08006', '25006', '25P04', '40001', '40P01', '53200', '55P03', '57014', '57P01'];
const JS_PLACES = ['key', 'schema', 'upcast', 'locks', 'handler', 'batch'] as const;
const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split(''));

export const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    place: fc.constantFrom(...JS_PLACES),
    kind: fc.constantFrom(...Object.keys(THROWN)),
    heals: fc.boolean(),
  }),
  fc.record({
    place: fc.constantFrom('statement', 'claim', 'commit'),
    kind: fc.oneof(
      fc.constantFrom(...LISTED, '23505', '23514', '42501', '42P01', 'P0001', 'XX000'),
      fc.string({ unit: letter, minLength: 5, maxLength: 5 }).filter((state) => state !== '00000'),
    ),
    heals: fc.boolean(),
  }),
);

/** The closed list once more, as the design says it: the judge must not ask the accused. */
export function isOutage({ place, kind }: Fault): boolean {
  if (place === 'handler' || place === 'batch') return THROWN[kind]?.infrastructure === true;
  if (place !== 'statement' && place !== 'claim' && place !== 'commit') return false;
  return /^(08|53|57)|^(25006|25P03|25P04|40001|40P01|55P03|58030)$/.test(kind);
}

/** Never to be tried by itself: what the decoder refuses, and what a handler declares so. */
export function isPermanent({ place, kind }: Fault): boolean {
  if (place === 'key' || place === 'schema' || place === 'upcast') return true;
  return kind === 'permanent' && (place === 'locks' || place === 'handler' || place === 'batch');
}

/** Makes the database refuse the claims, statements and commits that `failing` has rows about. */
export async function installFaults(dataSource: DataSource): Promise<void> {
  await dataSource.query('CREATE TABLE failing (consumer text, place text, id uuid, n int, state text)');
  await dataSource.query(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN
      IF TG_ARGV[0] = 'claim' THEN
        SELECT state INTO found FROM failing AS f
        WHERE f.place = 'claim' AND f.consumer = NEW.consumer AND f.id = NEW.message_id;
      ELSE
        SELECT state INTO found FROM failing AS f
        WHERE f.place = TG_ARGV[0] AND f.consumer = NEW.consumer AND f.n = NEW.n;
      END IF;
      IF found IS NOT NULL THEN RAISE EXCEPTION 'refused' USING ERRCODE = found; END IF;
      RETURN NEW;
    END $$`);
  await dataSource.query(
    `CREATE TRIGGER claim BEFORE INSERT ON messaging.inbox FOR EACH ROW EXECUTE FUNCTION fail('claim')`,
  );
  await dataSource.query(
    `CREATE TRIGGER statement BEFORE INSERT ON effects FOR EACH ROW EXECUTE FUNCTION fail('statement')`,
  );
  await dataSource.query(
    `CREATE CONSTRAINT TRIGGER commit AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION fail('commit')`,
  );
}

/** Handlers of a message in three forms, each failing for message `n` where `faultOf(n)` says so. */
export function failingHandlers(consumer: string, faultOf: (n: number) => Fault | undefined): MessageHandler<Note>[] {
  const fail = (place: Place, n: number): void => {
    const fault = faultOf(n);
    if (fault?.place !== place) return;
    throw THROWN[fault.kind]?.of();
  };
  const key = (note: Note): string => {
    fail('key', note.n);
    return note.key;
  };
  const schema: MessageContract<Note>['schema'] = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const note = value as Note;
        fail('schema', note.n);
        return { value: note };
      },
    },
  };
  const upcast = (old: unknown): Note => {
    const note = old as Note;
    fail('upcast', note.n);
    return note;
  };
  const locks = ({ n }: Note): string[] => {
    fail('locks', n);
    return [`row-${n % 2}`];
  };
  const write = (manager: EntityManager, { key: of, n }: Note): Promise<unknown> =>
    manager.query('INSERT INTO effects (consumer, key, n) VALUES ($1, $2, $3)', [consumer, of, n]);
  const single: MessageContract<Note> = {
    ...Noted,
    key,
    schema,
    replaces: { contract: { ...Noted, type: OLDER, schema: Noted.schema }, upcast },
  };
  const together: MessageContract<Note> = { ...single, type: TOGETHER, replaces: undefined };
  const all = async (messages: readonly BatchMessage<Note>[]): Promise<void> => {
    for (const { payload, unit } of messages) await write(unit.manager, payload);
    for (const { payload } of messages) fail('batch', payload.n);
  };
  return [
    {
      contract: single,
      locks,
      async handle(note, unit) {
        await write(unit.manager, note);
        fail('handler', note.n);
      },
    },
    {
      contract: together,
      locks,
      handle: (payload, unit) => all([{ payload, unit }]),
      handleBatch: all,
    },
  ];
}

export const OLDER = 'test.Noted.v0';
const TOGETHER = 'test.NotedTogether.v1';

/** A type whose way through the inbox meets the place. */
export function typeMeeting(fault: Fault | undefined): string {
  if (fault?.place === 'upcast') return OLDER;
  return fault?.place === 'batch' ? TOGETHER : Noted.type;
}
