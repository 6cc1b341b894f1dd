import { ConfigError, loadConfig } from '@dozen/config';
import { gatewayConfig } from './config.js';

const SAFE = {
  NODE_ENV: 'production',
  RELEASE_ID: '3f2a91c',
  DATABASE_URL: 'postgres://gateway:hunter2@db.example.com/gateway?sslmode=verify-full',
  KAFKA_URL: 'kafkas://gateway:hunter2@k1.example.com:9093,k2.example.com:9093?mechanism=scram-sha-512',
  AUTH_ISSUER: 'https://identity.example.com',
  AUTH_JWKS_URL: 'https://identity.example.com/jwks.json',
  CACHE_URL: 'rediss://:hunter2@redis.example.com/0',
  SESSION_STORE_URL: 'rediss://:hunter2@redis.example.com/1',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com:4318',
};

const refused = (env: Record<string, string>): string[] => {
  try {
    loadConfig(gatewayConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(({ name }) => name);
    throw error;
  }
};

describe('the gateway in production', () => {
  it('starts with all that is encrypted', () => {
    expect(refused(SAFE)).toEqual([]);
  });

  it.each([
    ['RELEASE_ID', 'dev'],
    ['DATABASE_URL', 'postgres://gateway:hunter2@db.example.com/gateway'],
    ['DATABASE_DIRECT_URL', 'postgres://gateway:hunter2@db.example.com/gateway?sslmode=disable'],
    ['KAFKA_URL', 'kafka://k1.example.com:9092'],
    ['AUTH_JWKS_URL', 'http://identity.example.com/jwks.json'],
    ['CACHE_URL', 'redis://redis.example.com'],
    ['SESSION_STORE_URL', 'postgres://gateway:hunter2@db.example.com/sessions'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector.example.com:4318'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://collector.example.com:4318/v1/traces'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'http://collector.example.com:4318/v1/metrics'],
  ])('refuses %s=%s, and takes it when an operator allows that', (name, value) => {
    for (const environment of ['production', 'staging']) {
      const env = { ...SAFE, NODE_ENV: environment, [name]: value };
      expect(refused(env)).toEqual([name]);
      expect(refused({ ...env, ALLOW_INSECURE: name })).toEqual([]);
    }
    expect(refused({ ...SAFE, NODE_ENV: 'development', [name]: value })).toEqual([]);
  });

  it.each([
    ['AUTH_JWKS_URL', 'https://user:hunter2@identity.example.com/jwks.json'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:hunter2@collector.example.com'],
  ])('takes no credentials in %s, wherever it runs', (name, value) => {
    expect(refused({ ...SAFE, NODE_ENV: 'development', [name]: value })).toEqual([name]);
  });
});
