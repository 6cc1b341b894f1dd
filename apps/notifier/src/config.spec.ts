import { ConfigError, loadConfig } from '@dozen/config';
import { notifierConfig } from './config.js';

const SAFE = {
  NODE_ENV: 'production',
  RELEASE_ID: '3f2a91c',
  DATABASE_URL: 'postgres://notifier:hunter2@db.example.com/notifier?sslmode=verify-full',
  KAFKA_URL: 'kafkas://k1.example.com:9093',
  SMTP_URL: 'smtps://notifier:hunter2@mail.example.com',
  MAIL_FROM: 'Dozen <orders@dozen.example>',
};

const refused = (env: Record<string, string>): string[] => {
  try {
    loadConfig(notifierConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(({ name }) => name);
    throw error;
  }
};

describe('the notifier in production', () => {
  it.each(['smtps://mail.example.com', 'smtp://mail.example.com:587?requireTLS=true', 'smtp://127.0.0.1:25'])(
    'sends mail by %s',
    (url) => {
      expect(refused({ ...SAFE, SMTP_URL: url })).toEqual([]);
    },
  );

  it.each([
    'smtp://mail.example.com',
    'smtp://mail.example.com?requireTLS=false',
    'smtps://n:demo-mail@mail.example.com',
  ])('sends none by %s, which anybody may read', (url) => {
    expect(refused({ ...SAFE, SMTP_URL: url })).toEqual(['SMTP_URL']);
    expect(refused({ ...SAFE, SMTP_URL: url, ALLOW_INSECURE: 'SMTP_URL' })).toEqual([]);
  });
});
