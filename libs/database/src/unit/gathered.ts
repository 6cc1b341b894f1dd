import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<Answer>;
}

/**
 * One statement for what several pieces of work ask at the same time in one transaction, each for itself: the handlers of a
 * batch run side by side, so what is written for one message needs no second version for many. `ask` answers for each
 * item, in their order; what it throws, all of them get, as the same object. Two items may be about the same row only if
 * `ask` says so.
 */
export function gathered<Item, Answer>(
  ask: (manager: EntityManager, items: readonly Item[]) => Promise<readonly Answer[]>,
): (manager: EntityManager, item: Item) => Promise<Answer> {
  const gathering = new WeakMap<EntityManager, Waiting<Item, Answer>[]>();
  const send = async (manager: EntityManager, all: readonly Waiting<Item, Answer>[]): Promise<void> => {
    gathering.delete(manager);
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
    const present = gathering.get(manager);
    if (present !== undefined) present.push({ item, done });
    else {
      const all = [{ item, done }];
      gathering.set(manager, all);
      // In the trace of whoever came first. Past the microtasks: everybody who is ready now has asked.
      process.nextTick(AsyncLocalStorage.bind(() => void send(manager, all)));
    }
    return done.promise;
  };
}
