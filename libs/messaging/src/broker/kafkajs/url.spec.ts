import { urlTexts } from '@dozen/testing';
import fc from 'fast-check';
import { Kafka } from 'kafkajs';
import { kafkaSection } from '../../config.js';
import { parseKafkaUrl } from './url.js';

describe('parseKafkaUrl', () => {
  it('reads several brokers', () => {
    expect(parseKafkaUrl('kafka://a:9092,b:9093')).toEqual({
      client: { brokers: ['a:9092', 'b:9093'], ssl: false },
      topicPrefix: '',
    });
  });

  it('reads credentials, decoded, with their mechanism', () => {
    expect(parseKafkaUrl('kafkas://us%40er:p%3Ass@a:9092?mechanism=scram-sha-512')).toEqual({
      client: {
        brokers: ['a:9092'],
        ssl: true,
        sasl: { mechanism: 'scram-sha-512', username: 'us@er', password: 'p:ss' },
      },
      topicPrefix: '',
    });
  });

  it('reads what stands before every topic', () => {
    expect(parseKafkaUrl('kafka://a:9092?topic-prefix=blue.')).toMatchObject({ topicPrefix: 'blue.' });
  });

  it.each([
    ['http://a:9092', 'has another scheme'],
    ['kafka://', 'has no host'],
    ['kafka://a', 'must name the port of every host'],
    ['kafka://a:9092,b', 'must name the port of every host'],
    ['kafka://h:99999', 'has a port that is not a number from 1 to 65535'],
    ['kafka://u:p%zz@a:9092', "has a user or a password that is not percent-encoded UTF-8: '%' is %25"],
    ['kafka://u:p@a:9092?mechanism=magic', 'has a wrong mechanism: it is one of plain, scram-sha-256, scram-sha-512'],
    ['kafka://a:9092?mechanism=plain', 'has a mechanism and no user'],
    ['kafka://u@a:9092', 'has a user and no password'],
    ['kafka://a:9092?acks=0', 'has a parameter that is not known; known are mechanism, topic-prefix'],
    [
      'kafka://a:9092?topic-prefix=a/b',
      'has a wrong topic-prefix: it is at most 100 letters and digits of a topic, with . _ -',
    ],
    ['kafka://[::1]:9092', 'must give an IPv6 broker by its name'],
    ['kafka://a:9092/orders', 'must have no path'],
  ])('refuses %s: it %s', (text, problem) => {
    const refusal = expect.objectContaining({
      code: 'CONFIG-KAFKA-URL',
      message: `the URL of Kafka ${problem}`,
    }) as Error;
    expect(() => parseKafkaUrl(text)).toThrow(refusal);
    const { KAFKA_URL } = kafkaSection.vars;
    expect(KAFKA_URL.safeParse(text).error?.issues).toMatchObject([{}]);
  });

  it('takes whatever the configuration accepts, with brokers that kafkajs can split', () => {
    let accepted = 0;
    const property = fc.property(urlTexts('kafka', 'kafkas'), (text) => {
      if (!kafkaSection.vars.KAFKA_URL.safeParse(text).success) return;
      accepted += 1;
      const { client } = parseKafkaUrl(text);
      expect(new Kafka(client)).toBeDefined();
      for (const broker of client.brokers as string[]) expect(broker).toMatch(/^[\w.-]+:[1-9]\d{0,4}$/);
      expect(client.sasl === undefined).toBe(!text.includes('@'));
    });
    fc.assert(property, { numRuns: 5_000 });
    expect(accepted).toBeGreaterThan(50);
  });
});
