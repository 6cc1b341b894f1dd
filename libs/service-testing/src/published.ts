import { eventually } from '@dozen/testing';
import type { DataSource } from 'typeorm';

/** One event of the outbox, as the service would send it. */
export interface Published {
  readonly type: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a service without a relay has published. */
export function publishedIn(dataSource: DataSource) {
  const published = (key: string): Promise<Published[]> =>
    dataSource.query(
      `SELECT headers->>'ce_type' AS type, topic, payload::json AS payload FROM messaging.outbox WHERE key = $1 ORDER BY seq`,
      [key],
    );
  return {
    published,
    /** The messages of a key, once they are of these types: `['OrderPlaced', …]`. */
    async untilPublished(key: string, types: readonly string[]): Promise<Published[]> {
      return eventually(async () => {
        const messages = await published(key);
        const found = messages.map(({ type }) => type.split('.')[1]);
        if (found.join() !== types.join()) throw new Error(`published: ${found.join()}; expected: ${types.join()}`);
        return messages;
      });
    },
  };
}
