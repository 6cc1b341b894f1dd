import { envUrl, HTTP, HTTP_DOCUMENT, type UrlKind } from './index.js';

const BROKER: UrlKind = {
  protocols: ['kafka', 'kafkas'],
  hosts: 'many',
  credentials: 'optional',
  query: { mechanism: (value) => (value === 'plain' ? undefined : 'it is plain') },
  check: ({ user }) => (user === 'nobody' ? 'must be somebody' : undefined),
  isEncrypted: ({ scheme }) => scheme === 'kafkas',
};
const DISK: UrlKind = {
  protocols: ['disk'],
  path: (path) => (path === '' ? 'must name a folder' : undefined),
  isEncrypted: () => true,
};

function problemOf(kinds: readonly UrlKind[], text: string): string | undefined {
  return envUrl(...kinds).safeParse(text).error?.issues[0]?.message;
}

describe('envUrl', () => {
  it.each([
    [HTTP, 'https://api.example.com'],
    [HTTP, 'http://api.example.com:8080/base/'],
    [HTTP_DOCUMENT, 'https://id.example.com/keys?tenant=a'],
    [BROKER, 'kafka://h1:9092,h2:9092'],
    [BROKER, 'kafkas://u:p%40@h1:9092?mechanism=plain'],
    [DISK, 'disk://h/folder'],
  ])('keeps what is right for %j as it is: %s', (kind, text) => {
    expect(envUrl(kind).parse(text)).toBe(text);
  });

  it.each([
    [HTTP, 'ftp://h', 'must be a URL that begins with http:// or https://'],
    [HTTP, 'HTTP://h', 'must be a URL that begins with http:// or https://'],
    [HTTP, 'https://h:99999', 'has a port that is not a number from 1 to 65535'],
    [HTTP, 'https://user:hunter2@h', 'must hold no user and no password'],
    [HTTP, 'https://hunter2@h', 'must hold no user and no password'],
    [HTTP, 'https://h?key=hunter2', 'must have no parameters'],
    [HTTP, 'https://h,g', 'must have one host'],
    [BROKER, 'kafka://h1:9092,h2', 'must name the port of every host'],
    [BROKER, 'kafka://@h1:9092', "has an '@' and no user before it"],
    [BROKER, 'kafka://h1:9092/orders', 'must have no path'],
    [BROKER, 'kafka://h1:9092?mechanism=hunter2', 'has a wrong mechanism: it is plain'],
    [BROKER, 'kafka://h1:9092?hunter2=1', 'has a parameter that is not known; known are mechanism'],
    [BROKER, 'kafka://h1:9092?constructor=1', 'has a parameter that is not known; known are mechanism'],
    [BROKER, 'kafka://nobody@h1:9092', 'must be somebody'],
    [DISK, 'disk://h', 'must name a folder'],
  ])('of %j refuses %s: it %s', (kind, text, problem) => {
    expect(problemOf([kind], text)).toBe(problem);
  });

  it('goes by the scheme where several kinds are possible', () => {
    expect(problemOf([HTTP, DISK], 'disk://h')).toBe('must name a folder');
    expect(problemOf([HTTP, DISK], 'https://h')).toBeUndefined();
    expect(problemOf([HTTP, DISK], 'tape://h')).toBe('must be a URL that begins with http:// or https:// or disk://');
  });
});
