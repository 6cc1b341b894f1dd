import { baseSection, defineConfig, envUrl, loadConfig } from '@dozen/config';
import { urlTexts } from '@dozen/testing';
import fc from 'fast-check';
import pg from 'pg';
import { POSTGRES } from './postgres-url.js';
import { databaseSection } from './section.js';

const KNOWN = 'has a parameter that is not known; known are sslmode, sslnegotiation, sslrootcert, sslcert, sslkey';
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
    ['postgres://h/o?sslrootcert=/nowhere', 'has a wrong sslrootcert: there is no such file, or it cannot be read'],
  ])('%s is refused: it %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it.each([
    ['postgres://h/o?sslmode=verify-full', true],
    ['postgres://h/o?sslmode=require', true],
    ['postgres://127.0.0.1/o', true],
    ['postgres://h/o', false],
    ['postgres://h/o?sslmode=disable', false],
    ['postgres://h/o?sslmode=no-verify', false],
    ['postgres://h/o?sslnegotiation=direct', false],
  ])('%s is taken in production: %s', (url, taken) => {
    const schema = defineConfig({ service: 'shop', sections: [baseSection, databaseSection] });
    const load = (): unknown => loadConfig(schema, { RELEASE_ID: '1', DATABASE_URL: url });
    if (taken) expect(load).not.toThrow();
    else expect(load).toThrow(/DATABASE_URL +is not encrypted on its way to another machine/);
  });
});
