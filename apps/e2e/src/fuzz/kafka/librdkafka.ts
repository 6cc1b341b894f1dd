import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Codec, FrameRecord } from '@dozen/testing';

/** One line in per batch, one line out with the offset of each record, or the error's code. */
const SCRIPT = `
import base64, json, sys
from confluent_kafka import Producer
producers = {}
def bytes_of(text):
    return None if text is None else base64.b64decode(text)
for line in sys.stdin:
    wish = json.loads(line)
    codec = wish["codec"]
    if codec not in producers:
        producers[codec] = Producer({"bootstrap.servers": wish["servers"], "compression.type": codec, "linger.ms": 5,
            "message.max.bytes": 10000000, "message.timeout.ms": 20000, "acks": "all"})
    producer = producers[codec]
    answers = [None] * len(wish["records"])
    def told(index):
        def on_delivery(error, message):
            answers[index] = {"error": error.code()} if error else {"offset": message.offset()}
        return on_delivery
    for index, record in enumerate(wish["records"]):
        try:
            producer.produce(wish["topic"], value=bytes_of(record["value"]), key=bytes_of(record["key"]), partition=wish["partition"],
                timestamp=record["timestamp"], headers=[(name, bytes_of(value)) for name, value in record["headers"]], on_delivery=told(index))
        except Exception as error:
            answers[index] = {"error": str(error)}
    producer.flush(20)
    print(json.dumps(answers), flush=True)
`;

const START_MS = 10_000;

export interface SentByLibrdkafka {
  readonly offset?: number;
  readonly error?: number | string;
}

/** A producer that Dozen has nothing to do with, where a Python with confluent-kafka is. */
export class Librdkafka {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #servers: string;
  readonly #waiting: ((line: string) => void)[] = [];

  private constructor(child: ChildProcessWithoutNullStreams, servers: string) {
    this.#child = child;
    this.#servers = servers;
    this.#lines = createInterface(child.stdout);
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
    child.once('close', () => {
      for (const resolve of this.#waiting.splice(0)) resolve('[]');
    });
  }

  /** Undefined where there is none: PYTHON may name one. */
  static async start(kafkaUrl: string, python = process.env['PYTHON'] ?? 'python3'): Promise<Librdkafka | undefined> {
    if (!(await canImport(python))) return undefined;
    const child = spawn(python, ['-c', SCRIPT], { stdio: 'pipe' });
    child.stdin.on('error', () => undefined);
    return new Librdkafka(child, new URL(kafkaUrl).host);
  }

  /** librdkafka cannot write snappy-xerial, nor a header without a name. */
  static knows(codec: Codec, record: FrameRecord): boolean {
    return codec !== 'snappy-xerial' && (record.headers ?? []).every(([name]) => name !== '');
  }

  async send(batch: {
    readonly topic: string;
    readonly partition: number;
    readonly codec: Codec;
    readonly records: readonly FrameRecord[];
    readonly timestamps: readonly number[];
  }): Promise<readonly SentByLibrdkafka[]> {
    const { topic, partition, codec, records, timestamps } = batch;
    const coded = (bytes: Buffer | string | null | undefined): string | null =>
      bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('base64');
    const wish = {
      servers: this.#servers,
      topic,
      partition,
      codec,
      records: records.map(({ key, value, headers = [] }, at) => ({
        key: coded(key),
        value: coded(value),
        headers: headers.map(([name, content]) => [name, coded(content)]),
        timestamp: timestamps[at] ?? 0,
      })),
    };
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#child.stdin.write(`${JSON.stringify(wish)}\n`);
    return JSON.parse(await answer) as SentByLibrdkafka[];
  }

  stop(): void {
    this.#lines.close();
    this.#child.kill('SIGTERM');
  }
}

async function canImport(python: string): Promise<boolean> {
  const child = spawn(python, ['-c', 'import confluent_kafka'], { stdio: 'ignore', timeout: START_MS });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
