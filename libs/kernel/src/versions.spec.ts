import type { MessageContract, ReplacedVersion, Schema } from './message.js';
import { contractsIn, readVersion, versionsOf } from './versions.js';

const topic = { name: 't', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' } as const;

/** A schema by hand: the kernel imports nothing. Keeps the named fields, which must be there. */
function fields<T>(...names: string[]): Schema<T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const given = value as Record<string, unknown>;
        const missing = names.filter((name) => given[name] === undefined);
        if (missing.length > 0) return { issues: missing.map((name) => ({ message: 'missing', path: [name] })) };
        return { value: Object.fromEntries(names.map((name) => [name, given[name]])) as T };
      },
    },
  };
}

function contract<T>(version: number, schema: Schema<T>, replaces?: ReplacedVersion): MessageContract<T> {
  const type = `dozen.Moved.v${version}`;
  return { name: 'Moved', version, type, kind: 'event', topic, schema, key: () => 'k', replaces };
}

const first = contract<{ name: string }>(1, fields('name'));
const second = contract<{ first: string; last: string }>(2, fields('first', 'last'), {
  contract: first,
  upcast: (old) => {
    const [given, family] = (old as { name: string }).name.split(' ');
    return { first: given, last: family };
  },
});
const third = contract<{ last: string; initial: string }>(3, fields('last', 'initial'), {
  contract: second,
  upcast: (old) => {
    const { first: given, last } = old as { first: string; last: string };
    if (given === '') throw new RangeError('no first name');
    return { last, initial: given[0] };
  },
});

describe('the contracts of a module', () => {
  it('are what is exported with a type, a topic and a schema', () => {
    const exported = { third, topic, topics: [topic], schema: third.schema, key: third.key, none: null };
    expect(contractsIn(exported)).toEqual([third]);
  });
});

describe('a message of an earlier version', () => {
  it('is lifted version by version to the newest one', () => {
    const lifted = { value: { last: 'Lovelace', initial: 'A' } };
    expect(readVersion(third, 'dozen.Moved.v1', { name: 'Ada Lovelace' })).toEqual(lifted);
    expect(readVersion(third, 'dozen.Moved.v2', { first: 'Ada', last: 'Lovelace' })).toEqual(lifted);
    expect(readVersion(third, 'dozen.Moved.v3', { last: 'Lovelace', initial: 'A' })).toEqual(lifted);
    expect(versionsOf(third)).toEqual([third, second, first]);
  });

  it('is judged by the schema that it was written by, and loses what that one does not know', () => {
    const refused = { issues: [{ message: 'missing', path: ['name'] }], refusedBy: 'dozen.Moved.v1' };
    expect(readVersion(third, 'dozen.Moved.v1', { first: 'Ada' })).toEqual(refused);
    expect(readVersion(first, 'dozen.Moved.v1', { name: 'Ada', initial: 'A' })).toEqual({ value: { name: 'Ada' } });
  });

  it('names the newer version when its upcaster throws, or makes what that one refuses', () => {
    expect(readVersion(third, 'dozen.Moved.v1', { name: 'Ada' })).toEqual({
      issues: [{ message: 'missing', path: ['last'] }],
      refusedBy: 'dozen.Moved.v2',
    });
    expect(readVersion(third, 'dozen.Moved.v2', { first: '', last: 'Lovelace' })).toEqual({
      issues: [{ message: 'its upcaster threw: no first name' }],
      refusedBy: 'dozen.Moved.v3',
    });
  });

  it('is not taken for another message', () => {
    expect(() => readVersion(third, 'dozen.Moved.v4', {})).toThrow(TypeError);
  });

  it('is refused by a schema that throws', () => {
    const throwing = (thrown: unknown): Schema<never> => ({
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw thrown;
        },
      },
    });
    const read = (thrown: unknown) => readVersion(contract(1, throwing(thrown)), 'dozen.Moved.v1', {});
    const refusedBy = 'dozen.Moved.v1';
    expect(read(new Error('odd'))).toEqual({ issues: [{ message: 'its schema threw: odd' }], refusedBy });
    // A thing without a text.
    const issues = [{ message: 'its schema threw: a thrown object without a text' }];
    expect(read(Object.create(null))).toEqual({ issues, refusedBy });
  });

  it('is refused by a schema that answers later, whose rejection ends nothing', () => {
    const late: Schema<never> = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('later')) },
    };
    expect(readVersion(contract(1, late), 'dozen.Moved.v1', {})).toMatchObject({ refusedBy: 'dozen.Moved.v1' });
  });
});
