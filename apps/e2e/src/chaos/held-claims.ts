import pg from 'pg';

/**
 * Claims messages in a transaction that stays open: whoever else claims one of them waits until `release` rolls it back, or
 * until the server ends the transaction.
 */
export async function holdClaims(
  database: string,
  { consumer, messageIds }: { consumer: string; messageIds: readonly string[] },
): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database });
  // The server may go: then nothing is held any more.
  client.on('error', () => undefined);
  const release = (): Promise<void> => client.end().catch(() => undefined);
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO messaging.inbox (consumer, message_id) SELECT $1, unnest($2::uuid[])', [
      consumer,
      messageIds,
    ]);
  } catch {
    // It is down already: the fault is weaker than it was meant to be.
  }
  return { release };
}
