import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<Answer>;
}

/**
 * Batches queries as a data loader does: what the handlers of one transaction ask for at the same time, each for its own
 * message, becomes one statement. A caller is written for one item, and `ask` once for many.
 *
 * `ask` answers for each item, in their order. If it throws, every caller gets the same error object. Whether two items may
 * be about the same row depends on `ask`.
 */
export function batched<Item, Answer>(
  ask: (manager: EntityManager, items: readonly Item[]) => Promise<readonly Answer[]>,
): (manager: EntityManager, item: Item) => Promise<Answer> {
  const waiting = new WeakMap<EntityManager, Waiting<Item, Answer>[]>();
  const send = async (manager: EntityManager, all: readonly Waiting<Item, Answer>[]): Promise<void> => {
    waiting.delete(manager);
    try {
      const answers = await ask(
        manager,
        all.map(({ item }) => item),
      );
      all.forEach(({ done }, index) => done.resolve(answers[index] as Answer));
    } catch (error) {
      for (const { done } of all) done.reject(error);
    }
  };
  return (manager, item) => {
    const done = Promise.withResolvers<Answer>();
    const present = waiting.get(manager);
    if (present !== undefined) present.push({ item, done });
    else {
      const all = [{ item, done }];
      waiting.set(manager, all);
      // The statement runs in the trace of the first caller. It is sent after the microtasks, when everybody who is ready now
      // has asked.
      process.nextTick(AsyncLocalStorage.bind(() => void send(manager, all)));
    }
    return done.promise;
  };
}
