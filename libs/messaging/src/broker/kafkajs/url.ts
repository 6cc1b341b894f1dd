import { readUrlOf, type ServiceUrl, type UrlKind } from '@dozen/config';
import { DozenError } from '@dozen/kernel';
import type { KafkaConfig, SASLOptions } from 'kafkajs';

export interface KafkaAddress {
  readonly client: Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>;
  /** Stands before every topic's name on the broker, so that several systems can share one. */
  readonly topicPrefix: string;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
/** What Kafka takes in a topic's name, which has 249 characters in all. */
const PREFIX = /^[\w.-]{1,100}$/;

/**
 * `kafka://[user:password@]host:port[,host:port…][?mechanism=…&topic-prefix=…]`; `kafkas://` for TLS. `mechanism` is
 * plain (the default), scram-sha-256 or scram-sha-512.
 */
export const KAFKA: UrlKind = {
  protocols: ['kafka', 'kafkas'],
  hosts: 'many',
  credentials: 'optional',
  query: {
    mechanism: (value) => (mechanismOf(value) === undefined ? `it is one of ${MECHANISMS.join(', ')}` : undefined),
    'topic-prefix': (value) =>
      PREFIX.test(value) ? undefined : 'it is at most 100 letters and digits of a topic, with . _ -',
  },
  check: ({ user, password, hosts, query }) => {
    // kafkajs cuts `[::1]:9092` at its first colon.
    if (hosts.some(({ name }) => name.includes(':'))) return 'must give an IPv6 broker by its name';
    if ((user ?? '') === '') return query.has('mechanism') ? 'has a mechanism and no user' : undefined;
    return (password ?? '') === '' ? 'has a user and no password' : undefined;
  },
  isEncrypted: ({ scheme }) => scheme === 'kafkas',
};

/**
 * Throws for what is no URL of Kafka.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | CONFIG-KAFKA-URL | start, command | The URL of Kafka is wrong, and the message says in what. A service reports it as `CONFIG-INVALID` before it comes to this: the code is for applications that use the library alone. | Write the URL as `kafka://[user:password@]host:port`, or with `kafkas://` for TLS. |
 */
export function parseKafkaUrl(text: string): KafkaAddress {
  const url = readUrlOf(KAFKA, text);
  if ('problem' in url) throw new DozenError('CONFIG-KAFKA-URL', `the URL of Kafka ${url.problem}`);
  const brokers = url.hosts.map(({ name, port }) => `${name}:${port ?? ''}`);
  const sasl = saslOf(url);
  return {
    client: { brokers, ssl: url.scheme === 'kafkas', ...(sasl === undefined ? {} : { sasl }) },
    topicPrefix: url.query.get('topic-prefix') ?? '',
  };
}

function saslOf({ user, password, query }: ServiceUrl): SASLOptions | undefined {
  const mechanism = mechanismOf(query.get('mechanism') ?? 'plain');
  if (user === undefined || password === undefined || mechanism === undefined) return undefined;
  return { mechanism, username: user, password };
}

function mechanismOf(text: string): (typeof MECHANISMS)[number] | undefined {
  return MECHANISMS.find((known) => known === text);
}
