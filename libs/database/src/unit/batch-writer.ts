import type { EntityManager } from 'typeorm';

/** Writes the items that several units of one transaction have buffered, with as few statements as it can. */
export interface BatchWriter<T> {
  /** In the transaction of all of them, just before COMMIT; never empty, each unit's items in its order. */
  write(manager: EntityManager, items: readonly T[]): Promise<void>;
}

/** An item that a unit has buffered: for the host of its transaction. */
export interface BufferedWrite {
  readonly writer: BatchWriter<unknown>;
  readonly item: unknown;
}

/** Writes what the units of one transaction have buffered, one batch per writer. Throws what a writer throws. */
export async function writeBatches(manager: EntityManager, all: readonly BufferedWrite[]): Promise<void> {
  const batches = Map.groupBy(all, ({ writer }) => writer);
  await Promise.all(
    [...batches].map(([writer, writes]) =>
      writer.write(
        manager,
        writes.map(({ item }) => item),
      ),
    ),
  );
}
