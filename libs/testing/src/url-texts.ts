import fc from 'fast-check';

/** What is right in at least one kind of URL, and what is wrong in most. */
const TEXTS = {
  user: { right: ['u', 'us%40er', 'a.b-c'], wrong: ['', 'a:b', 'a@b', '%zz', 'a b'] },
  password: {
    right: ['hunter2hunter2', 'p%40ss', '%C3%A4', 'a:b', "!$&'()*+,;="],
    wrong: ['', 'p%zz', 'p%', '%00', '%ff', 'a@b', '1#2', 'a/b', 'a b'],
  },
  host: {
    right: ['h', 'db.example.com', '127.0.0.1', '[::1]', 'h_1', 'h-1'],
    wrong: ['', '[::', '::1', '10.1', '256.1.1.1', '%2Fvar%2Frun', 'ä'],
  },
  port: { right: ['', ':1', ':5432', ':65535'], wrong: [':0', ':65536', ':99999', ':', ':1e3', ':x'] },
  path: { right: ['', '/orders', '/0', '/15'], wrong: ['/', '/1e1', '/a/b', '/..', '/%2e%2e', '/%zz', '/o%20o', '/-'] },
  query: {
    right: ['', '?sslmode=verify-full', '?mechanism=plain', '?topic-prefix=blue.', '?requireTLS=true'],
    wrong: ['?', '?a', '?sslmode=', '?host=x', '?max=1', '?a=1&a=2', '?sslrootcert=/nowhere', '?__proto__=1'],
  },
} as const;

/** URLs of backing services as people write them, right and wrong in every part. */
export function urlTexts(...schemes: readonly string[]): fc.Arbitrary<string> {
  const part = (name: keyof typeof TEXTS): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom<string>(...TEXTS[name].right) },
      { weight: 2, arbitrary: fc.constantFrom<string>(...TEXTS[name].wrong) },
      { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    );
  const host = fc.tuple(part('host'), part('port')).map((parts) => parts.join(''));
  const userinfo = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 3,
      arbitrary: fc.tuple(part('user'), part('password')).map(([user, password]) => `${user}:${password}@`),
    },
    { weight: 1, arbitrary: part('user').map((user) => `${user}@`) },
  );
  const hosts = fc.oneof(
    { weight: 3, arbitrary: host },
    { weight: 1, arbitrary: fc.tuple(host, host).map((two) => two.join()) },
  );
  return fc
    .tuple(fc.constantFrom(...schemes), userinfo, hosts, part('path'), part('query'))
    .map(([scheme, ...parts]) => `${scheme}://${parts.join('')}`);
}
