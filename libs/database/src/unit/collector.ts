import type { EntityManager } from 'typeorm';

/** Writes what several units have collected for it, with as few statements as it can. */
export interface Collector<T> {
  /** In the transaction of all of them, just before COMMIT; never empty, each unit's items in its order. */
  write(manager: EntityManager, items: readonly T[]): Promise<void>;
}

/** What a unit has collected: for the host of its transaction. */
export interface Collected {
  readonly collector: Collector<unknown>;
  readonly item: unknown;
}

/** Writes what the units of one transaction have collected, in one piece. Throws what a collector throws. */
export async function writeCollected(manager: EntityManager, all: readonly Collected[]): Promise<void> {
  const groups = Map.groupBy(all, ({ collector }) => collector);
  await Promise.all(
    [...groups].map(([collector, of]) =>
      collector.write(
        manager,
        of.map(({ item }) => item),
      ),
    ),
  );
}
