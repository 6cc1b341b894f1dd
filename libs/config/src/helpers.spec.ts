import fc from 'fast-check';
import { envBool, envEnum, envInt, envList, envMillis, envText, envUrl } from './index.js';
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

  it.each(['', ' 1', '1 ', '1.0', '1e3', '0x10', '+1', 'NaN', 'Infinity', '9007199254740993', '१'])(
    'envInt refuses %j',
    (text) => {
      expect(accepts(envInt(), text)).toBe(false);
    },
  );

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

  it('envUrl takes the given schemes with a host', () => {
    const type = envUrl({ protocols: ['postgres', 'postgresql'] });
    for (const text of ['postgres://h/db', 'postgresql://u:p%40@h:5432/db?sslmode=require', 'postgres://[::1]/db']) {
      expect(accepts(type, text)).toBe(true);
    }
    for (const text of [
      'http://h',
      'postgres:h',
      'postgres:///db',
      'h:5432',
      'postgres://h:port/db',
      'postgres://h1:1,h2:2/db',
    ]) {
      expect([text, accepts(type, text)]).toEqual([text, false]);
    }
  });

  it('envUrl takes many hosts only where that is allowed, and checks each', () => {
    const type = envUrl({ protocols: ['kafka', 'kafkas'], manyHosts: true });
    expect(type.parse('kafka://u:p@h1:9092,h2:9092?mechanism=plain')).toBe(
      'kafka://u:p@h1:9092,h2:9092?mechanism=plain',
    );
    for (const text of ['kafka://h1:9092,', 'kafka://h1:9092,h2:x', 'kafka://', 'kafka://,h1', 'kafkax://h1']) {
      expect([text, accepts(type, text)]).toEqual([text, false]);
    }
  });

  it('envText takes anything but nothing', () => {
    expect(envText().parse(' x ')).toBe(' x ');
    expect(accepts(envText(), '')).toBe(false);
  });
});
