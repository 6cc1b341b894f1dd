import { readUrl } from './url.js';

const NO_HOST = 'has no host';
const NOT_A_HOST = 'has a host that is neither a name nor an address';
const NOT_A_PORT = 'has a port that is not a number from 1 to 65535';
const NOT_ENCODED = "has a user or a password that is not percent-encoded UTF-8: '%' is %25";
const LETTER = 'has a blank or another character that a URL writes as %XX';
const QUERY = 'has a query that is not name=value, percent-encoded, with & between';

describe('readUrl', () => {
  it('takes a URL apart, decoded', () => {
    expect(readUrl('kafkas://us%40er:p%25%C3%A4:x@H1.example:9092,[::1]:1,10.0.0.1?a=b%26c&d=')).toEqual({
      scheme: 'kafkas',
      user: 'us@er',
      password: 'p%ä:x',
      hosts: [{ name: 'h1.example', port: 9092 }, { name: '::1', port: 1 }, { name: '10.0.0.1' }],
      path: '',
      query: new Map([
        ['a', 'b&c'],
        ['d', ''],
      ]),
    });
    expect(readUrl('x://h/a%20b/c')).toMatchObject({ path: 'a b/c' });
    expect(readUrl('x://user@h')).toEqual({
      scheme: 'x',
      user: 'user',
      hosts: [{ name: 'h' }],
      path: '',
      query: new Map(),
    });
  });

  it.each([
    ['', 'is no URL'],
    ['h:5432/db', 'is no URL'],
    ['X://h', 'is no URL'],
    ['x:/h', 'is no URL'],
    ['x://', NO_HOST],
    ['x:///db', NO_HOST],
    ['x://u:p@/db', NO_HOST],
    ['x://h,', NO_HOST],
    ['x://:1', NO_HOST],
    ['x://h:', NOT_A_PORT],
    ['x://h:0', NOT_A_PORT],
    ['x://h:080', NOT_A_PORT],
    ['x://h:65536', NOT_A_PORT],
    ['x://h:99999', NOT_A_PORT],
    ['x://h:1e3', NOT_A_PORT],
    ['x://h:1:2', NOT_A_PORT],
    ['x://h:+1', NOT_A_PORT],
    ['x://::1', NO_HOST],
    ['x://a:b:c', NOT_A_PORT],
    ['x://[::g]', NOT_A_HOST],
    ['x://[fe80::1%25eth0]', NOT_A_HOST],
    ['x://[::1', NO_HOST],
    ['x://-h', NOT_A_HOST],
    ['x://a..b', NOT_A_HOST],
    ['x://h%2Fvar', NOT_A_HOST],
    ['x://10.1', NOT_A_HOST],
    ['x://256.1.1.1', NOT_A_HOST],
    ['x://0x7f.1', NOT_A_HOST],
    ['x://2130706433', NOT_A_HOST],
    ['x://u:p%zz@h/o', NOT_ENCODED],
    ['x://u:p%@h', NOT_ENCODED],
    ['x://u%ff@h', NOT_ENCODED],
    ['x://u:%00@h', NOT_ENCODED],
    ['x://u:a%0Ab@h', NOT_ENCODED],
    ['x://u:p@x@h', "has a second '@', which a password writes as %40"],
    ['x://u:p/w@h', NOT_A_PORT],
    ['x://u:1#x@h', "has a '#', which a URL writes as %23"],
    ['x://u:p?w@h', NOT_A_PORT],
    ['x://u:p w@h', LETTER],
    ['x://u:pä@h', LETTER],
    ['x://h/a\\b', LETTER],
    [' x://h', LETTER],
    ['x://h\n', LETTER],
    ['x://h\0', LETTER],
    ['x://h/%E0%A4%A', 'has a path that is not percent-encoded UTF-8'],
    ['x://h?a', QUERY],
    ['x://h?=b', QUERY],
    ['x://h?a=%', QUERY],
    ['x://h?a=1&&b=2', QUERY],
    ['x://h?a=1&a=2', 'has a parameter twice'],
    [`x://${'h'.repeat(5_000)}`, 'is longer than 4096 characters'],
    [`x://${'h'.repeat(254)}`, NOT_A_HOST],
  ])('refuses %j: it %s', (text, problem) => {
    expect(readUrl(text)).toEqual({ problem });
  });
});
