import {
  baseSection,
  ConfigError,
  defineConfig,
  defineSection,
  envUrl,
  HTTP,
  HTTP_DOCUMENT,
  insecurities,
  isPublishedSecret,
  loadConfig,
  type UrlKind,
} from './index.js';

const REDIS: UrlKind = {
  protocols: ['redis', 'rediss'],
  credentials: 'optional',
  path: () => undefined,
  isEncrypted: ({ scheme }) => scheme === 'rediss',
};
const schema = defineConfig({
  service: 'shop',
  sections: [
    baseSection,
    defineSection('Servers', {
      AUTH_JWKS_URL: envUrl(HTTP_DOCUMENT).optional().meta({ description: 'Keys' }),
      STORE_URL: envUrl(REDIS).optional().meta({ description: 'Store', secret: true }),
      PROVIDER_URL: envUrl(HTTP).optional().meta({ description: 'Provider' }),
    }),
  ],
});
const production = { NODE_ENV: 'production', RELEASE_ID: '3f2a91c' };

function mistakesOf(env: Record<string, string>): string[] {
  try {
    loadConfig(schema, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ name, problem }) => `${name} ${problem}`);
  }
}
const refused = (name: string, because: string, where = 'production'): string =>
  `${name} ${because}, which ${where} refuses (ALLOW_INSECURE=${name} takes it all the same)`;
const UNENCRYPTED = 'is not encrypted on its way to another machine';

describe('production', () => {
  it('is what an environment without a name is taken for', () => {
    const inProduction = refused('RELEASE_ID', 'is dev, so that nobody can tell which release runs');
    expect(mistakesOf({})).toEqual([inProduction]);
    expect(mistakesOf({ NODE_ENV: 'prod' })).toEqual([
      'NODE_ENV must be one of development, test, staging, production',
      inProduction,
    ]);
  });

  it.each(['development', 'test'])('is not %s, where everything is let pass', (name) => {
    expect(mistakesOf({ NODE_ENV: name, STORE_URL: 'redis://store', AUTH_JWKS_URL: 'http://id/keys' })).toEqual([]);
  });

  it.each(['production', 'staging'])('and %s refuse all that is unsafe at once, with what is wrong besides', (name) => {
    const env = { NODE_ENV: name, PORT: 'x', AUTH_JWKS_URL: 'http://id/keys', STORE_URL: 'redis://u:hunter2@store' };
    const mistakes = mistakesOf(env);
    expect(mistakes).toEqual([
      refused('RELEASE_ID', 'is dev, so that nobody can tell which release runs', name),
      'PORT must be a whole number',
      refused('AUTH_JWKS_URL', UNENCRYPTED, name),
      refused('STORE_URL', UNENCRYPTED, name),
    ]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  it.each([
    ['AUTH_JWKS_URL', 'http://127.0.0.1:4000/keys'],
    ['AUTH_JWKS_URL', 'https://identity.example.com/keys?tenant=1'],
    ['PROVIDER_URL', 'http://[::1]:4000'],
    ['PROVIDER_URL', 'http://provider.localhost'],
    ['STORE_URL', 'redis://127.8.9.1/0'],
    ['STORE_URL', 'rediss://:hunter2@store'],
  ])('takes %s=%s', (name, value) => {
    expect(mistakesOf({ ...production, [name]: value })).toEqual([]);
  });

  it.each([
    ['AUTH_JWKS_URL', 'http://127.0.0.1.example.com/keys'],
    ['PROVIDER_URL', 'http://localhost.example.com'],
    ['STORE_URL', 'redis://[::2]'],
    ['STORE_URL', 'redis://0.0.0.0'],
  ])('refuses %s=%s, which is not this machine', (name, value) => {
    expect(mistakesOf({ ...production, [name]: value })).toEqual([refused(name, UNENCRYPTED)]);
  });

  it('refuses a password that is checked in', () => {
    const because = 'has a password that is published with this code';
    expect(mistakesOf({ ...production, STORE_URL: 'rediss://u:demo-store@store' })).toEqual([
      refused('STORE_URL', because),
    ]);
    expect(isPublishedSecret('secret')).toBe(true);
  });

  it.each([
    ['redis://u:demo-store@store', `${UNENCRYPTED} and has a password that is published with this code`],
    ['redis://u:demo-store@127.0.0.1', 'has a password that is published with this code'],
  ])('names every reason against %s, and tells each where it is allowed', (url, because) => {
    const env = { ...production, STORE_URL: url };
    expect(mistakesOf(env)).toEqual([refused('STORE_URL', because)]);
    expect(insecurities(schema, loadConfig(schema, { ...env, ALLOW_INSECURE: 'STORE_URL' }))).toEqual([
      `STORE_URL ${because}`,
    ]);
    expect(mistakesOf({ ...env, NODE_ENV: 'development' })).toEqual([]);
  });

  it('takes what an operator allows by name, and tells it', () => {
    const env = {
      ...production,
      STORE_URL: 'redis://store',
      PROVIDER_URL: 'https://p',
      ALLOW_INSECURE: 'STORE_URL,PROVIDER_URL',
    };
    expect(insecurities(schema, loadConfig(schema, env))).toEqual([`STORE_URL ${UNENCRYPTED}`]);
    expect(insecurities(schema, loadConfig(schema, { ...env, NODE_ENV: 'development' }))).toEqual([]);
    expect(mistakesOf({ ...env, AUTH_JWKS_URL: 'http://id/keys' })).toEqual([refused('AUTH_JWKS_URL', UNENCRYPTED)]);
  });

  it('takes no allowance for what cannot be insecure: it is a slip', () => {
    expect(mistakesOf({ ...production, ALLOW_INSECURE: 'STORE_URI, PORT,STORE_URL' })).toEqual([
      'ALLOW_INSECURE names what cannot be insecure here: STORE_URI, PORT',
    ]);
  });
});
