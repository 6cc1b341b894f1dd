import KeyvRedis from '@keyv/redis';
import { urlTexts } from '@dozen/testing';
import fc from 'fast-check';
import { envStoreUrl } from './store-url.js';

const type = envStoreUrl({ what: 'Where it is.', poolMax: 1, database: 0 });

describe('the URL of a store', () => {
  it('is taken by the client of Redis as it is meant, whenever it is accepted', () => {
    let accepted = 0;
    const property = fc.property(urlTexts('redis', 'rediss'), (text) => {
      if (!type.safeParse(text).success) return;
      accepted += 1;
      const { options } = new KeyvRedis({ url: text }).client as { options?: RedisOptions };
      const [, scheme, userinfo, host = '', port, database] =
        /^(\w+):\/\/(.*@)?([^/]*?)(?::(\d+))?(?:\/(\d*))?\??$/.exec(text) ?? [];
      const [user = '', password = ''] = (userinfo ?? '').slice(0, -1).split(/:(.*)/s).map(decodeURIComponent);
      expect({
        tls: options?.socket?.tls,
        host: options?.socket?.host?.toLowerCase(),
        port: options?.socket?.port ?? 6379,
        user: options?.username ?? '',
        password: options?.password ?? '',
        database: options?.database ?? 0,
      }).toEqual({
        tls: scheme === 'rediss',
        host: host.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
        port: Number(port ?? 6379),
        user,
        password,
        database: Number(database || 0),
      });
    });
    fc.assert(property, { numRuns: 1_000 });
    expect(accepted).toBeGreaterThan(20);
  });

  it.each([
    ['redis://h/1e1', 'must have the number of a database after the host'],
    ['redis://h/orders', 'must have the number of a database after the host'],
    ['redis://h?db=1', 'must have no parameters'],
    ['redis://u:p%zz@h', "has a user or a password that is not percent-encoded UTF-8: '%' is %25"],
    ['postgres://h', 'must name the database after the host: letters, digits, _ . -'],
    ['memcached://h', 'must be a URL that begins with redis:// or rediss:// or postgres:// or postgresql://'],
  ])('%s is refused: it %s', (text, problem) => {
    expect(type.safeParse(text).error?.issues[0]?.message).toBe(problem);
  });
});

interface RedisOptions {
  readonly socket?: { readonly tls?: boolean; readonly host?: string; readonly port?: number };
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
}
