import { createRequire } from 'node:module';
import { recordBatch } from '@dozen/testing';
import { readFetchAnswer } from './fetch-answer.js';
import { useFetchReader } from '../use-own-records.js';

const require = createRequire(import.meta.url);
const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];
const moduleOf = (version: number) => `kafkajs/src/protocol/requests/fetch/v${version}/response.js`;

interface KafkaJsResponse {
  readonly decode: (answer: Buffer) => Promise<{
    readonly responses: { readonly topicName: string; readonly partitions: { readonly messages: Message[] }[] }[];
  }>;
  readonly parse: unknown;
}

interface Message {
  readonly offset: string;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
}

/** As a broker writes it, in the order of the protocol's documentation. */
async function answerOf(version: number): Promise<Buffer> {
  const int16 = (value: number) => sized(2, (bytes) => bytes.writeInt16BE(value));
  const int32 = (value: number) => sized(4, (bytes) => bytes.writeInt32BE(value));
  const int64 = (value: number) => sized(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
  const batches = await recordBatch([{ value: 'a' }, { value: 'b' }], { baseOffset: 7n });
  const partition = (number: number, records: Buffer) => [
    int32(number),
    int16(0),
    int64(100 + number),
    int64(90),
    ...(version >= 5 ? [int64(3)] : []),
    int32(1),
    int64(4711),
    int64(99),
    ...(version >= 11 ? [int32(-1)] : []),
    int32(records.length),
    records,
  ];
  return Buffer.concat([
    int32(0),
    ...(version >= 7 ? [int16(0), int32(0)] : []),
    int32(2),
    int16(1),
    Buffer.from('t'),
    int32(2),
    ...partition(0, batches),
    ...partition(1, Buffer.alloc(0)),
    int16(1),
    Buffer.from('u'),
    int32(0),
  ]);
}

function sized(size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

describe('the answer to a fetch', () => {
  it.each(VERSIONS)('of version %i is read as kafkajs itself reads it', async (version) => {
    const answer = await answerOf(version);
    const theirs = await (require(moduleOf(version)) as KafkaJsResponse).decode(answer);
    const ours = await readFetchAnswer(version, answer);
    expect(withoutRecords(ours)).toMatchObject(withoutRecords(theirs));
    expect(recordsOf(ours)).toEqual(recordsOf(theirs));
    expect(recordsOf(ours)).toEqual(['7 a', '8 b']);
  });

  it('is read by this reader in the place of kafkajs’ own, whatever it had loaded by then', async () => {
    const before = VERSIONS.map((version) => require(moduleOf(version)) as KafkaJsResponse);
    useFetchReader();
    useFetchReader();
    for (const [n, version] of VERSIONS.entries()) {
      const { decode, parse } = require(moduleOf(version)) as KafkaJsResponse;
      expect(decode).not.toBe(before[n]?.decode);
      expect(parse).toBe(before[n]?.parse);
      expect(recordsOf(await decode(await answerOf(version)))).toEqual(['7 a', '8 b']);
    }
  });
});

type Answer = Pick<Awaited<ReturnType<KafkaJsResponse['decode']>>, 'responses'>;

function recordsOf(answer: object): string[] {
  const messages = (answer as Answer).responses.flatMap(({ partitions }) => partitions.flatMap((one) => one.messages));
  return messages
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ offset, value }) => `${offset} ${value?.toString()}`);
}

/** Aborted transactions are for kafkajs' filter, which has nothing to do any more; the log's start is read by nobody. */
function withoutRecords(answer: object): object {
  const { responses } = answer as Answer;
  return {
    ...answer,
    responses: responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map((partition) => ({
        ...partition,
        messages: [],
        abortedTransactions: [],
        lastStartOffset: undefined,
      })),
    })),
  };
}
