import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { UnitOfWork } from '../unit/unit-of-work.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import type { HeldJob } from './held-job.js';
import type { Settle } from './queue.js';
import { Settlements } from './settlements.js';

/** Jobs and effects in memory: what a unit has written is there once the unit has ended well. */
class Memory {
  /** Jobs that are still this worker's. */
  readonly held = new Set<string>();
  readonly committed: string[] = [];
  units = 0;
  #writing: string[] = [];

  readonly boss = {
    deleteJob: (_queue: string, claims: readonly { id: string }[]) =>
      Promise.resolve({ affected: claims.filter(({ id }) => this.held.has(id)).length }),
  } as unknown as PgBoss;

  readonly runner = {
    run: async (work: (unit: UnitOfWork) => Promise<void>) => {
      this.units += 1;
      const writing: string[] = [];
      this.#writing = writing;
      // pg-boss' statements need a manager, and this boss sends none.
      await work({ manager: {} } as UnitOfWork);
      this.committed.push(...writing);
    },
  } as unknown as UnitsOfWork;

  hold(id: string, queue = 'queue'): HeldJob {
    this.held.add(id);
    return { job: { name: queue, id, singletonKey: id }, claim: { id, retryCount: 0 } } as HeldJob;
  }

  writes(id: string): Settle {
    return () => Promise.resolve(void this.#writing.push(id));
  }
}

describe('settlements', () => {
  let memory: Memory;
  let settlements: Settlements;

  beforeEach(() => {
    memory = new Memory();
    settlements = new Settlements({ boss: memory.boss, units: memory.runner });
  });

  /** Settles the jobs together: they wait behind one that is slow. */
  async function together(settle: (id: string) => Settle, ...ids: string[]): Promise<unknown[]> {
    const slow = settlements.settle(memory.hold('slow'), () => sleep(20));
    const all = ids.map((id) => settlements.settle(memory.hold(id), settle(id)).catch((error: unknown) => error));
    memory.held.delete('lost');
    await slow;
    return Promise.all(all);
  }

  it('that wait at the same time share a transaction', async () => {
    await together((id) => memory.writes(id), 'a', 'b', 'c');
    expect([memory.committed, memory.units]).toEqual([['a', 'b', 'c'], 2]);
  });

  it('of two queues about one row come one after the other: in one transaction no lock would keep them apart', async () => {
    let state = 'requested';
    const change =
      (to: string): Settle =>
      async () => {
        const seen = state;
        await sleep(5);
        if (seen === 'requested') state = to;
      };
    const slow = settlements.settle(memory.hold('slow'), () => sleep(20));
    const both = [
      settlements.settle(memory.hold('payment', 'charge'), change('captured')),
      settlements.settle(memory.hold('payment', 'time-out'), change('voiding')),
    ];
    await Promise.all([slow, ...both]);
    expect([state, memory.units]).toEqual(['captured', 2]);
  });

  it('of a job that another worker has write nothing, and those that would have shared its transaction do', async () => {
    const ends = await together((id) => memory.writes(id), 'a', 'lost', 'b');
    expect([...memory.committed].sort()).toEqual(['a', 'b']);
    expect(ends).toEqual([undefined, expect.objectContaining({ code: 'JOB-LOST' }), undefined]);
  });

  it('that fail are told to their own attempts alone', async () => {
    const failure = new Error('no');
    const settle = (id: string): Settle => (id === 'bad' ? () => Promise.reject(failure) : memory.writes(id));
    const ends = await together(settle, 'a', 'bad', 'b');
    expect([...memory.committed].sort()).toEqual(['a', 'b']);
    expect(ends).toEqual([undefined, failure, undefined]);
  });
});
