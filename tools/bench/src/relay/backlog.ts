import { newId, type TopicDeclaration } from '@dozen/kernel';
import { OutboxWriter } from '@dozen/messaging';
import { numbered, numberedEvent } from '../numbered.js';
import type { Sandbox } from '../sandbox.js';

const CHUNK = 5_000;
const EVENTS_PER_KEY = 10;

/**
 * Rows as the outbox's own writer makes them, kept aside so that a backlog of any topic is one INSERT … SELECT: ten
 * events of each key, in rounds over the keys.
 */
export class Backlog {
  private constructor(
    private readonly sandbox: Sandbox,
    readonly rows: number,
  ) {}

  static async prepare(sandbox: Sandbox, rows: number): Promise<Backlog> {
    const { dataSource } = sandbox;
    const topic: TopicDeclaration = { name: 'none', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' };
    const contract = numberedEvent(topic);
    const writer = new OutboxWriter({ source: '/dozen/bench', wake: () => undefined });
    const keys = Array.from({ length: Math.ceil(rows / EVENTS_PER_KEY) }, () => newId());
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (let at = 0; at < rows; at += CHUNK) {
      const messages = Array.from({ length: Math.min(CHUNK, rows - at) }, (_, index) => {
        const key = keys[(at + index) % keys.length] ?? newId();
        const id = newId();
        const message = numbered(key, Math.floor((at + index) / keys.length));
        return { id, contract, subject: key, payload: message, time: new Date(), traceparent, correlationId: id };
      });
      const { text, values } = writer.statementOf(messages);
      await dataSource.manager.query(text, [...values]);
    }
    await dataSource.query('CREATE UNLOGGED TABLE backlog AS SELECT * FROM messaging.outbox ORDER BY seq');
    await dataSource.query('TRUNCATE messaging.outbox');
    return new Backlog(sandbox, rows);
  }

  /** Commits the first `rows` of it as unsent rows of this topic, in one transaction. */
  async commit(topic: TopicDeclaration, rows = this.rows): Promise<void> {
    await this.sandbox.dataSource.query(
      `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
       SELECT shard, message_id, $1, key, headers, payload FROM backlog ORDER BY seq LIMIT $2`,
      [topic.name, rows],
    );
  }

  /** The first `count` rows as a plain producer takes them. */
  async messages(count: number): Promise<{ key: string; value: string; headers: Record<string, string> }[]> {
    return this.sandbox.dataSource.query('SELECT key, payload AS value, headers FROM backlog ORDER BY seq LIMIT $1', [
      count,
    ]);
  }
}
