import { newId } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import { CODECS, produceRaw, recordBatch, testKafkaUrl } from '@dozen/testing';
import { KafkaJsBroker } from '../src/index.js';

const STORED = 0;
const CORRUPT_MESSAGE = 2;

describe('a hand-made record batch', () => {
  const url = testKafkaUrl();
  const topic = newId();
  const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
  const broker = new KafkaJsBroker({ url, clientId: 'codecs', logger });

  beforeAll(() =>
    broker.ensureTopics([{ name: topic, kind: 'event', partitions: 1, retentionMs: 3_600_000, cleanup: 'delete' }]),
  );

  afterAll(() => broker.close());

  it.each(CODECS)('is taken by a real broker, packed with %s', async (codec) => {
    const record = { key: 'k', value: 'x'.repeat(1000), headers: [['h', 'v'] as const] };
    const frame = await recordBatch([record, record], { codec });
    expect(await produceRaw(url, { topic, frame })).toMatchObject({ errorCode: STORED });
  });

  it('lies where it is told to, and the broker sees it', async () => {
    const frame = await recordBatch([{ value: 'x' }], { crc: 1 });
    expect(await produceRaw(url, { topic, frame })).toEqual({ errorCode: CORRUPT_MESSAGE, baseOffset: -1n });
  });
});
