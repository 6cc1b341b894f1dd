import { once } from 'node:events';
import { connect } from 'node:net';

export interface Produced {
  /** The protocol's: 0 is stored; 2 a wrong CRC, 10 too large, 43 a format that it does not take, 87 refused records. */
  readonly errorCode: number;
  /** -1 unless stored. */
  readonly baseOffset: bigint;
}

const PRODUCE = 0;
/** The lowest that may carry zstd. */
const VERSION = 7;
const ALL_IN_SYNC = -1;
const BROKER_TIMEOUT_MS = 10_000;
const CLIENT = Buffer.from('raw-produce');

/**
 * Sends the bytes to a partition as they are, as a client would that is not ours: nothing is checked on the way. `url` is
 * `kafka://host:port[?topic-prefix=…]` of a broker without TLS that leads the partition. Rejects when the connection
 * ends before the answer.
 */
export async function produceRaw(
  url: string,
  { topic, partition = 0, frame }: { topic: string; partition?: number; frame: Buffer },
): Promise<Produced> {
  const { hostname, port, searchParams } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    socket.write(requestOf((searchParams.get('topic-prefix') ?? '') + topic, partition, frame));
    let answer = Buffer.alloc(0);
    while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
      const [chunk] = (await Promise.race([
        once(socket, 'data'),
        once(socket, 'close').then(() => Promise.reject(new Error('the broker closed the connection'))),
      ])) as [Buffer];
      answer = Buffer.concat([answer, chunk]);
    }
    return producedOf(answer);
  } finally {
    socket.destroy();
  }
}

function requestOf(topic: string, partition: number, frame: Buffer): Buffer {
  const body = Buffer.concat([
    int16(PRODUCE),
    int16(VERSION),
    int32(1),
    int16(CLIENT.length),
    CLIENT,
    int16(-1),
    int16(ALL_IN_SYNC),
    int32(BROKER_TIMEOUT_MS),
    int32(1),
    int16(Buffer.byteLength(topic)),
    Buffer.from(topic),
    int32(1),
    int32(partition),
    int32(frame.length),
    frame,
  ]);
  return Buffer.concat([int32(body.length), body]);
}

/** Of the one partition of the one topic: after length, correlation id, the topics' count, name and partitions' count. */
function producedOf(answer: Buffer): Produced {
  const at = 12 + 2 + answer.readInt16BE(12) + 4;
  return { errorCode: answer.readInt16BE(at + 4), baseOffset: answer.readBigInt64BE(at + 6) };
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
