import { ConfigError, loadConfig, printConfig } from '@dozen/config';
import { billingConfig } from './config.js';

const KEY = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
const SAFE = {
  NODE_ENV: 'production',
  RELEASE_ID: '3f2a91c',
  DATABASE_URL: 'postgres://billing:hunter2@db.example.com/billing?sslmode=verify-full',
  KAFKA_URL: 'kafkas://k1.example.com:9093',
  PAYMENT_PROVIDER_URL: 'https://payments.example.com',
  PAYMENT_PROVIDER_KEY: KEY,
};

const refused = (env: Record<string, string>): string[] => {
  try {
    loadConfig(billingConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(({ name }) => name);
    throw error;
  }
};

describe('billing and its payment provider', () => {
  it('shows the key to nobody', () => {
    const printed = printConfig(billingConfig, loadConfig(billingConfig, SAFE));
    expect(printed).toContainEqual(expect.objectContaining({ name: 'PAYMENT_PROVIDER_KEY', value: '[redacted]' }));
    expect(JSON.stringify(printed)).not.toContain(KEY);
  });

  it.each(['short', `${KEY} x`, `${KEY}\nx`, `Bearer ${KEY}`, 'schlüssel-mit-umlauten'])(
    'refuses the key %j, which no header can carry, without showing it',
    (key) => {
      const env = { ...SAFE, PAYMENT_PROVIDER_KEY: key };
      expect(refused(env)).toEqual(['PAYMENT_PROVIDER_KEY']);
      expect(() => loadConfig(billingConfig, env)).not.toThrow(key);
    },
  );

  it.each([
    'https://user:hunter2@payments.example.com',
    `https://${KEY}@payments.example.com`,
    `https://payments.example.com?key=${KEY}`,
  ])('takes no credentials in %s: URLs are logged, and measured by', (url) => {
    expect(refused({ ...SAFE, NODE_ENV: 'development', PAYMENT_PROVIDER_URL: url })).toEqual(['PAYMENT_PROVIDER_URL']);
  });

  it.each([
    ['PAYMENT_PROVIDER_URL', 'http://payments.example.com'],
    ['PAYMENT_PROVIDER_KEY', 'demo-key-of-the-simulator'],
  ])('refuses %s=%s in production, unless an operator allows it', (name, value) => {
    expect(refused({ ...SAFE, [name]: value })).toEqual([name]);
    expect(refused({ ...SAFE, [name]: value, ALLOW_INSECURE: name })).toEqual([]);
  });
});
