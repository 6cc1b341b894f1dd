import { brokerConformance, type ExternalProducer } from '@dozen/messaging/conformance';
import { createLogger } from '@dozen/telemetry';
import { CODECS, type Codec, produceRaw, recordBatch, testKafkaUrl } from '@dozen/testing';
import { type BrokerPort, KafkaJsBroker } from '../src/index.js';
import { brokerWith } from './support/broker-with.js';

const url = testKafkaUrl();
const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });

/** Byte by byte, with other implementations of the codecs than those that are tried. */
const externalProducer: ExternalProducer = {
  codecs: CODECS.filter((codec) => codec !== 'none'),
  async send(topic, records, codec = 'none') {
    const baseTimestamp = records[0]?.timestamp ?? Date.now();
    const frame = await recordBatch(
      records.map(({ timestamp = baseTimestamp, ...rest }) => ({ ...rest, timestampDelta: timestamp - baseTimestamp })),
      { codec: codec as Codec, baseTimestamp },
    );
    expect(await produceRaw(url, { topic, frame })).toMatchObject({ errorCode: 0 });
  },
};

const makeBroker = (): KafkaJsBroker => new KafkaJsBroker({ url, clientId: 'conformance', logger });

describe('kafkajs as a BrokerPort', () => {
  for (const { name, run } of brokerConformance({ makeBroker, externalProducer })) it(name, run);
});

type Other = Parameters<typeof brokerWith>[1];

/** One mistake each, and the case that is to find it. */
const MISTAKEN: readonly (readonly [mistake: string, found: string, make: (broker: KafkaJsBroker) => Other])[] = [
  [
    'loses headers',
    'delivers key, value and headers',
    (broker) => ({
      consumer: ({ onBatch, ...options }) =>
        broker.consumer({
          ...options,
          onBatch: (batch) =>
            onBatch({ ...batch, records: batch.records.map((record) => ({ ...record, headers: {} })) }),
        }),
    }),
  ],
  [
    'takes every commit',
    'refuses a commit of a generation that is over',
    (broker) => ({
      consumer: (options) =>
        Object.defineProperty(broker.consumer(options), 'commit', { value: () => Promise.resolve() }),
    }),
  ],
  [
    'makes no difference of partition counts',
    'creates missing topics once',
    (broker) => ({ ensureTopics: (topics) => broker.ensureTopics(topics).catch(() => []) }),
  ],
];

describe('an adapter that', () => {
  it.each(MISTAKEN)('%s is told so', async (_mistake, found, make) => {
    const mistaken = (): BrokerPort => {
      const broker = makeBroker();
      return { ...brokerWith(broker, make(broker)), close: () => broker.close() };
    };
    const cases = brokerConformance({ makeBroker: mistaken, externalProducer });
    const finder = cases.find(({ name }) => name.startsWith(found));
    await expect(finder?.run()).rejects.toMatchObject({ name: 'AssertionError' });
  });
});
