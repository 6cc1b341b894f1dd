import { DozenError } from '@dozen/kernel';
import type { KafkaConfig, SASLOptions } from 'kafkajs';

/**
 * `kafka://[user:password@]host:port[,host:port…][?mechanism=plain|scram-sha-256|scram-sha-512]`; `kafkas://` for TLS.
 * Throws CONFIG-KAFKA-URL for any other form.
 */
export function parseKafkaUrl(text: string): Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'> & { brokers: string[] } {
  const match = /^(kafkas?):\/\/(?:([^:@/]*):([^@/]*)@)?([^/?]+)\/?(?:\?(.*))?$/.exec(text);
  const hosts = match?.[4]?.split(',') ?? [];
  if (!match || hosts.some((host) => !/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/.test(host))) {
    throw new DozenError('CONFIG-KAFKA-URL', 'expected kafka://[user:password@]host:port[,host:port…][?mechanism=…]');
  }
  const [, scheme, user, password] = match;
  const base = { brokers: hosts, ssl: scheme === 'kafkas' };
  if (user === undefined || password === undefined) return base;
  const mechanism = new URLSearchParams(match[5] ?? '').get('mechanism') ?? 'plain';
  return { ...base, sasl: saslOf(mechanism, decodeURIComponent(user), decodeURIComponent(password)) };
}

function saslOf(mechanism: string, username: string, password: string): SASLOptions {
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return { mechanism, username, password };
    default:
      throw new DozenError('CONFIG-KAFKA-URL', `unknown SASL mechanism ${mechanism}`);
  }
}
