import { isEmailAddress } from './email.js';

const local = (length: number) => `${'a'.repeat(length)}@example.org`;

describe('the address of a mail', () => {
  it.each([
    'ada@example.org',
    'info@xn--e1afmkfd.xn--p1ai',
    'you&me@example.org',
    'a/b@example.org',
    "o'brien+news@mail.example.co",
    '{a}|~@example.org',
    'ADA@EXAMPLE.ORG',
    'ada@mailserver',
    '1@2.d3',
    local(64),
  ])('%s is taken', (text) => {
    expect(isEmailAddress(text)).toBe(true);
  });

  it.each([
    '',
    'ada',
    '@example.org',
    'ada@',
    'a@b@c',
    '.ada@example.org',
    'ada.@example.org',
    'a..b@example.org',
    'ada@-example.org',
    'ada@example-.org',
    'ada@example..org',
    'ada@example.org.',
    'ada @example.org',
    'ada@example.org\n',
    'ada@example.org\r\nBcc: all@example.org',
    'ada@example.org\0',
    'Ada <ada@example.org>',
    'ada@example.org, eve@example.org',
    '"ada"@example.org',
    'ada@[192.0.2.1]',
    'ada@192.0.2.1',
    'ada@0x7f.1',
    'ada@2.3',
    'jörg@example.org',
    'ada@пример.рф',
    local(65),
    `ada@${'a'.repeat(64)}.org`,
    `ada@${'a.'.repeat(125)}org`,
  ])('%j is not', (text) => {
    expect(isEmailAddress(text)).toBe(false);
  });
});
