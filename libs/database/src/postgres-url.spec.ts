import { baseSection, defineConfig, envUrl, loadConfig } from '@dozen/config';
import { urlTexts } from '@dozen/testing';
import fc from 'fast-check';
import pg from 'pg';
import { POSTGRES } from './postgres-url.js';
import { databaseSection } from './section.js';

const KNOWN =
  'has a parameter that is not known; known are sslmode, sslnegotiation, sslrootcert, sslcert, sslkey, channel_binding';
const type = envUrl(POSTGRES);
const problemOf = (text: string): string | undefined => type.safeParse(text).error?.issues[0]?.message;

describe('the URL of a database', () => {
  it('is taken by pg as it is meant, whenever it is accepted', () => {
    let accepted = 0;
    const property = fc.property(urlTexts('postgres', 'postgresql'), (text) => {
      if (problemOf(text) !== undefined) return;
      accepted += 1;
      const client = new pg.Client({ connectionString: text, host: 'other', database: 'other' });
      const [, userinfo, host = '', port, database = ''] =
        /^\w+:\/\/(.*@)?([^/]*?)(?::(\d+))?\/([^?]*)(?:\?.*)?$/.exec(text) ?? [];
      expect({ host: client.host.toLowerCase(), port: client.port, database: client.database }).toEqual({
        host: host.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
        port: Number(port ?? 5432),
        database: decodeURIComponent(database),
      });
      const [user = '', password] = (userinfo ?? '').slice(0, -1).split(/:(.*)/s).map(decodeURIComponent);
      if (user !== '') expect(client.user).toBe(user);
      if (password !== undefined && password !== '') expect(client.password).toBe(password);
    });
    fc.assert(property, { numRuns: 5_000 });
    expect(accepted).toBeGreaterThan(50);
  });

  it.each([
    ['postgres://u:p%zz@h/o', "has a user or a password that is not percent-encoded UTF-8: '%' is %25"],
    ['postgres://h:99999/o', 'has a port that is not a number from 1 to 65535'],
    ['postgres://u@h', 'must name the database after the host: letters, digits, _ . -'],
    ['postgres://u@h/', 'must name the database after the host: letters, digits, _ . -'],
    ['postgres://h1:1,h2:2/db', 'must have one host'],
    ['postgres://h/o?options=-c%20search_path%3Dx', KNOWN],
    ['postgres://h/o?host=elsewhere', KNOWN],
    [
      'postgres://h/o?sslmode=on',
      'has a wrong sslmode: it is one of require, verify-ca, verify-full, no-verify, disable',
    ],
    [
      'postgres://h/o?sslnegotiation=direct',
      'must say sslmode=verify-full or another sslmode where it has sslnegotiation',
    ],
    [
      'postgres://h/o?sslmode=disable&sslnegotiation=direct&channel_binding=disable',
      'contradicts itself: sslmode=disable leaves no use for sslnegotiation',
    ],
    ['postgres://h/o?channel_binding=yes', 'has a wrong channel_binding: it is one of disable, prefer, require'],
    ['postgres://h/o?sslrootcert=/nowhere', 'has a wrong sslrootcert: there is no such file, or it cannot be read'],
  ])('%s is refused: it %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it.each([
    ['postgres://h/o?sslmode=verify-full', undefined],
    ['postgres://h/o?sslmode=require', undefined],
    ['postgres://h/o?sslmode=require&channel_binding=require', undefined],
    ['postgres://127.0.0.1/o', undefined],
    ['postgres://127.0.0.1/o?sslmode=no-verify', undefined],
    ['postgres://h/o', 'is not encrypted on its way to another machine'],
    ['postgres://h/o?sslmode=disable', 'is not encrypted on its way to another machine'],
    ['postgres://h/o?channel_binding=require', 'is not encrypted on its way to another machine'],
    ['postgres://h/o?sslmode=no-verify', 'is encrypted, but anybody could be the server'],
  ])('%s: what production has against it is %p', (url, because) => {
    const schema = defineConfig({ service: 'shop', sections: [baseSection, databaseSection] });
    const load = (): unknown => loadConfig(schema, { RELEASE_ID: '1', DATABASE_URL: url });
    if (because === undefined) expect(load).not.toThrow();
    else expect(load).toThrow(new RegExp(`DATABASE_URL +${because}`));
  });

  it.each([
    ['postgres://h/o?sslmode=require&channel_binding=require', {}],
    ['postgres://h/o?sslmode=require&sslnegotiation=direct', {}],
    ['postgres://h/o?sslmode=no-verify', { rejectUnauthorized: false }],
    ['postgres://h/o?sslmode=disable', false],
    ['postgres://h/o?channel_binding=require', false],
  ])('%s is encrypted by pg as it is judged: %j', (connectionString, ssl) => {
    expect(problemOf(connectionString)).toBeUndefined();
    expect(new pg.Client({ connectionString }).ssl).toEqual(ssl);
  });

  it('is encrypted by PGSSLMODE where it says nothing itself', () => {
    const { env } = process;
    process.env = { ...env, PGSSLMODE: 'verify-full' };
    try {
      expect(new pg.Client({ connectionString: 'postgres://h/o' }).ssl).toBe(true);
    } finally {
      process.env = env;
    }
  });
});
