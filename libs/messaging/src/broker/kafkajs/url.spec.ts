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

  it.each(['http://a:9092', 'kafka://', 'kafka://a', 'kafka://a:9092,b', 'kafka://u:p@a:9092?mechanism=magic'])(
    'refuses %s',
    (text) => {
      expect(() => parseKafkaUrl(text)).toThrow(expect.objectContaining({ code: 'CONFIG-KAFKA-URL' }));
    },
  );
});
