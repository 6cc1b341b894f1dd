import { newId, type TopicDeclaration } from '@dozen/kernel';
import { plainKafka } from '../kafka.js';
import type { Sandbox } from '../sandbox.js';
import { type Credit, creditOrdered } from './credit.js';

const ACCOUNTS = 20_000;
const BATCH = 1_000;
const PAYLOAD_BYTES = 300;

/** Accounts, and topics full of messages about them. */
export class Feed {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly accounts: readonly string[],
  ) {}

  static async prepare(sandbox: Sandbox): Promise<Feed> {
    const accounts = Array.from({ length: ACCOUNTS }, () => newId());
    await sandbox.dataSource.query('CREATE TABLE account (id uuid PRIMARY KEY, balance int NOT NULL)');
    await sandbox.dataSource.query('INSERT INTO account SELECT id, 0 FROM unnest($1::uuid[]) AS id', [accounts]);
    await sandbox.dataSource.query('ANALYZE account');
    return new Feed(sandbox, accounts);
  }

  /** A new topic with this many messages, the accounts in turn. */
  async topic(name: string, messages: number): Promise<TopicDeclaration> {
    const topic = await this.sandbox.topic(name);
    const producer = plainKafka(this.sandbox.kafkaUrl).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (let at = 0; at < messages; at += BATCH) {
      const count = Math.min(BATCH, messages - at);
      await producer.send({
        topic: topic.name,
        messages: Array.from({ length: count }, (_, i) => this.#message(at + i)),
      });
    }
    await producer.disconnect();
    return topic;
  }

  /** 300 bytes of JSON about one of the accounts, which take turns. */
  credit(n: number): Credit {
    const account = this.accounts[n % this.accounts.length] ?? '';
    const bare: Credit = { account, n, amount: 1, pad: '' };
    return { ...bare, pad: 'x'.repeat(Math.max(0, PAYLOAD_BYTES - JSON.stringify(bare).length)) };
  }

  #message(n: number): { key: string; value: string; headers: Record<string, string> } {
    const credit = this.credit(n);
    const id = newId();
    return {
      key: credit.account,
      value: JSON.stringify(credit),
      headers: {
        ce_specversion: '1.0',
        ce_id: id,
        ce_type: creditOrdered({ name: '', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' }).type,
        ce_source: '/dozen/bench',
        ce_time: new Date().toISOString(),
        ce_subject: credit.account,
        'content-type': 'application/json',
        correlationid: id,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    };
  }
}
