import fc from 'fast-check';
import { envBool, envEnum, envHost, envInt, envList, envMillis, envText } from './index.js';
import type { EnvType } from './index.js';

const accepts = (type: EnvType<unknown>, text: string): boolean => type.safeParse(text).success;

describe('environment types', () => {
  it('envInt reads exactly the whole numbers of its range', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (value, a, b) => {
        const [min, max] = a < b ? [a, b] : [b, a];
        const result = envInt({ min, max }).safeParse(String(value));
        expect(result.success ? result.data : undefined).toBe(value >= min && value <= max ? value : undefined);
      }),
    );
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x10',
    '010',
    '-0',
    '1_000',
    '+1',
    'NaN',
    'Infinity',
    '9007199254740993',
    '१',
  ])('envInt refuses %j', (text) => {
    expect(accepts(envInt(), text)).toBe(false);
  });

  it('envMillis refuses less than nothing', () => {
    expect(envMillis().parse('30000')).toBe(30_000);
    expect(accepts(envMillis(), '-1')).toBe(false);
    expect(accepts(envMillis({ min: 1000 }), '999')).toBe(false);
  });

  it('envBool knows true, false, 1, 0 and no other word', () => {
    expect(['true', '1', 'TRUE', 'false', '0'].map((text) => envBool().parse(text))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(['yes', 'on', 'truthy', ' true', '2'].some((text) => accepts(envBool(), text))).toBe(false);
  });

  it('envEnum takes a listed word only', () => {
    expect(envEnum(['a', 'b']).parse('b')).toBe('b');
    expect(accepts(envEnum(['a', 'b']), 'toString')).toBe(false);
  });

  it('envList gives back every list that was joined by commas, without repeats', () => {
    const word = fc.stringMatching(/^[a-z0-9:.]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.constantFrom(',', ', ', ' ,'), (words, comma) => {
        expect(envList().parse(words.join(comma))).toEqual([...new Set(words)]);
      }),
    );
  });

  it('envList names every item that is not allowed, and wants at least one', () => {
    const result = envList(['web', 'jobs']).safeParse('web,cron,jobs,batch');
    expect(result.error?.issues[0]?.message).toBe('has unknown items (cron, batch); allowed are web, jobs');
    expect(accepts(envList(['web']), ' , ')).toBe(false);
  });

  it('envText takes anything but nothing and control characters', () => {
    expect(envText().parse(' x ä ')).toBe(' x ä ');
    for (const text of ['', 'a\0b', 'a\nb', 'a\u0085b', '\uD800'])
      expect([text, accepts(envText(), text)]).toEqual([text, false]);
  });

  it('envHost takes what a server can listen on', () => {
    for (const text of ['0.0.0.0', '::', 'localhost', 'a-b.example', 'under_score'])
      expect(envHost().parse(text)).toBe(text);
    for (const text of ['', 'a b', 'a:80', '[::1]', 'http://a', '-a']) {
      expect([text, accepts(envHost(), text)]).toEqual([text, false]);
    }
  });
});
