import { type DeadLetter, listDeadLetters } from '@dozen/messaging';
import { eventually } from '@dozen/testing';
import type { DataSource } from 'typeorm';

/** What a service has set aside for its operator. */
export function deadLettersIn(dataSource: DataSource) {
  const deadLetters = async (key: string): Promise<DeadLetter[]> => {
    const all = await listDeadLetters(dataSource, { limit: 1_000 });
    const ids: { id: string }[] = await dataSource.query(
      'SELECT id FROM messaging.parked_messages WHERE record_key = $1',
      [Buffer.from(key)],
    );
    return all.filter((letter) => ids.some(({ id }) => id === letter.id));
  };
  return {
    /** Of records with this key. */
    deadLetters,
    async untilDeadLetter(key: string): Promise<DeadLetter> {
      return eventually(async () => {
        const [letter] = await deadLetters(key);
        if (letter === undefined) throw new Error(`no dead letter of ${key} yet`);
        return letter;
      });
    },
  };
}
