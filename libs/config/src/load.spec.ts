import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  baseSection,
  ConfigError,
  defineConfig,
  defineSection,
  envInt,
  envUrl,
  featureFlags,
  loadConfig,
  loadConfigOrExit,
} from './index.js';
import type { ConfigOf, Environment, Mistake, UrlKind } from './index.js';

const POSTGRES: UrlKind = {
  protocols: ['postgres'],
  credentials: 'optional',
  path: () => undefined,
  query: { sslmode: () => undefined },
  isEncrypted: ({ query }) => query.has('sslmode'),
};
const database = defineSection('Database', {
  DATABASE_URL: envUrl(POSTGRES).meta({
    description: 'Database of the service',
    example: 'postgres://orders@localhost/orders',
    secret: true,
  }),
  DATABASE_POOL_MAX: envInt({ min: 1, max: 100 }).default(10).meta({ description: 'Connections' }),
  DATABASE_DIRECT_URL: envUrl(POSTGRES).optional().meta({ description: 'Past the pooler', secret: true }),
});
const flags = featureFlags({ FF_FAST_TRACK: { description: 'Skip the queue', default: false } });
const schema = defineConfig({ service: 'orders', sections: [baseSection, database, flags] });
const url = 'postgres://u:hunter2@db/orders';

function mistakesOf(env: Environment): readonly Mistake[] {
  try {
    loadConfig(schema, { NODE_ENV: 'test', ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'dozen-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('gives typed values, defaults and absent optionals, frozen', () => {
    const config: ConfigOf<typeof schema> = loadConfig(schema, {
      NODE_ENV: 'test',
      DATABASE_URL: url,
      PORT: '0',
      FF_FAST_TRACK: '1',
    });
    expect(config).toMatchObject({ DATABASE_URL: url, PORT: 0, DATABASE_POOL_MAX: 10, FF_FAST_TRACK: true });
    expect(config.PROCESS_TYPES).toEqual(['web', 'consumer', 'relay', 'jobs']);
    expect(config.DATABASE_DIRECT_URL).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists every mistake at once, in the order of declaration', () => {
    const mistakes = mistakesOf({ PORT: '70000', LOG_LEVEL: 'loud', DATABASE_POOL_MAX: 'ten', FF_FAST_TRACK: 'maybe' });
    expect(mistakes.map(({ name, problem }) => `${name} ${problem}`)).toEqual([
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
      'PORT must be a whole number from 0 to 65535',
      'DATABASE_URL is missing',
      'DATABASE_POOL_MAX must be a whole number',
      'FF_FAST_TRACK must be true, false, 1 or 0',
    ]);
  });

  it('finds exactly the variables that were broken, whichever they are', () => {
    const broken: Environment = {
      PORT: 'x',
      LOG_LEVEL: 'x',
      DATABASE_URL: 'x',
      DATABASE_POOL_MAX: '0',
      FF_FAST_TRACK: 'x',
    };
    fc.assert(
      fc.property(fc.subarray(Object.keys(broken)), (names) => {
        const picked = Object.fromEntries(names.map((name) => [name, broken[name]]));
        expect(
          mistakesOf({ DATABASE_URL: url, ...picked })
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(names.toSorted());
      }),
    );
  });

  it('takes an empty value for a missing one', () => {
    expect(loadConfig(schema, { NODE_ENV: 'test', DATABASE_URL: url, PORT: '' }).PORT).toBe(3000);
    expect(mistakesOf({ DATABASE_URL: '' })).toMatchObject([{ name: 'DATABASE_URL', problem: 'is missing' }]);
  });

  it('reads NAME_FILE and drops one line break at its end', () => {
    expect(loadConfig(schema, { NODE_ENV: 'test', DATABASE_URL_FILE: file('url', `${url}\n`) }).DATABASE_URL).toBe(url);
    expect(loadConfig(schema, { NODE_ENV: 'test', DATABASE_URL: url, PORT_FILE: file('port', '8080\r\n') }).PORT).toBe(
      8080,
    );
    const two = mistakesOf({ DATABASE_URL: url, PORT_FILE: file('two', '8080\n\n') });
    expect(two).toMatchObject([{ name: 'PORT_FILE', problem: 'must be a whole number' }]);
  });

  it('calls it a mistake when both variants are set, or the file is absent, a folder or empty', () => {
    const both = mistakesOf({ DATABASE_URL: url, DATABASE_URL_FILE: file('both', url) });
    expect(both).toMatchObject([
      { name: 'DATABASE_URL', problem: 'is set together with DATABASE_URL_FILE; set one of them' },
    ]);
    for (const [path, problem] of [
      [join(folder, 'absent'), 'ENOENT'],
      [folder, 'EISDIR'],
      [file('empty', '\n'), 'is missing'],
      [file('binary', Buffer.from([0x70, 0xff])), 'is no UTF-8 text'],
    ] as const) {
      const [mistake, ...more] = mistakesOf({ DATABASE_URL_FILE: path });
      expect(mistake).toMatchObject({
        name: 'DATABASE_URL_FILE',
        problem: expect.stringContaining(problem) as unknown,
      });
      expect(more).toEqual([]);
    }
  });

  it('does not repeat a secret that was given as the path of its file', () => {
    const [mistake] = mistakesOf({ DATABASE_URL_FILE: url });
    expect(mistake).toMatchObject({ name: 'DATABASE_URL_FILE', problem: 'cannot be read (ENOENT)' });
    expect(JSON.stringify(mistake)).not.toContain('hunter2');
  });

  it('never shows the value of a secret or of anything else that was refused', () => {
    const secret = 'hunter2hunter2';
    fc.assert(
      fc.property(fc.constantFrom('', 'http://', 'postgres:// ', 'postgres://a b@'), (prefix) => {
        const mistakes = mistakesOf({ DATABASE_URL: `${prefix}${secret} x`, PORT: secret });
        expect(mistakes).toHaveLength(2);
        expect(JSON.stringify(mistakes)).not.toContain(secret);
      }),
    );
  });
});

describe('loadConfigOrExit', () => {
  const exit = (code: number): never => {
    throw new Error(`exit ${code}`);
  };

  it('prints one table of all mistakes and exits with 78', () => {
    const write = jest.fn<(text: string) => void>();
    expect(() => loadConfigOrExit(schema, { NODE_ENV: 'test', PORT: 'x' }, { write, exit })).toThrow('exit 78');
    expect(write.mock.calls).toEqual([
      [
        'orders: 2 mistakes in the environment\n' +
          '\n' +
          '  VARIABLE      PROBLEM                 EXPECTED\n' +
          '  PORT          must be a whole number  Port of HTTP; 0 takes any free one (integer from 0 to 65535)\n' +
          '  DATABASE_URL  is missing              Database of the service (URL postgres://, e.g. postgres://orders@localhost/orders)\n',
      ],
    ]);
  });

  it('returns the config when there is no mistake, and does not hide other errors', () => {
    const write = jest.fn();
    expect(loadConfigOrExit(schema, { NODE_ENV: 'test', DATABASE_URL: url }, { write, exit }).PORT).toBe(3000);
    const env = {
      get DATABASE_URL(): string {
        throw new TypeError('broken environment');
      },
    };
    expect(() => loadConfigOrExit(schema, env, { write, exit })).toThrow(TypeError);
    expect(write).not.toHaveBeenCalled();
  });
});
