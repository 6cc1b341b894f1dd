import { DozenError } from '@dozen/kernel';
import type { KafkaConfig, SASLOptions } from 'kafkajs';

export interface KafkaAddress {
  readonly client: Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>;
  /** Stands before every topic's name on the broker, so that several systems can share one. */
  readonly topicPrefix: string;
}

/**
 * `kafka://[user:password@]host:port[,host:port…][?mechanism=…&topic-prefix=…]`; `kafkas://` for TLS. `mechanism` is
 * plain, scram-sha-256 or scram-sha-512. Throws CONFIG-KAFKA-URL for any other form.
 */
export function parseKafkaUrl(text: string): KafkaAddress {
  const match = /^(kafkas?):\/\/(?:([^:@/]*):([^@/]*)@)?([^/?]+)\/?(?:\?(.*))?$/.exec(text);
  const hosts = match?.[4]?.split(',') ?? [];
  if (!match || hosts.some((host) => !/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/.test(host))) {
    throw new DozenError('CONFIG-KAFKA-URL', 'expected kafka://[user:password@]host:port[,host:port…][?mechanism=…]');
  }
  const [, scheme, user, password] = match;
  const query = new URLSearchParams(match[5] ?? '');
  const topicPrefix = query.get('topic-prefix') ?? '';
  const client = { brokers: hosts, ssl: scheme === 'kafkas' };
  if (user === undefined || password === undefined) return { client, topicPrefix };
  const sasl = saslOf(query.get('mechanism') ?? 'plain', decodeURIComponent(user), decodeURIComponent(password));
  return { client: { ...client, sasl }, topicPrefix };
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
