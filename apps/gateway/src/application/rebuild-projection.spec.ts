import type { UnitOfWork, UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import type { Orders } from './ports.js';
import { rebuildProjection } from './rebuild-projection.js';

describe('the rebuild of the projection', () => {
  it('takes every order, more than a page of them, each in a transaction of its own and under its lock', async () => {
    const known = Array.from({ length: 1_201 }, () => newId()).sort();
    const locked = new Map<UnitOfWork, string>();
    const refolded: string[] = [];
    const orders = {
      ids: (limit: number, after = '') => Promise.resolve(known.filter((id) => id > after).slice(0, limit)),
      lock: (unit: UnitOfWork, id: string) => Promise.resolve(void locked.set(unit, id)),
      refold(unit: UnitOfWork, id: string) {
        expect(locked.get(unit)).toBe(id);
        refolded.push(id);
        return Promise.resolve(refolded.length % 2 === 0);
      },
    } as unknown as Orders;
    const units = { run: <T>(work: (unit: UnitOfWork) => T) => work({} as UnitOfWork) } as unknown as UnitsOfWork;
    expect(await rebuildProjection(units, orders)).toEqual({ orders: 1_201, changed: 600 });
    expect(refolded).toEqual(known);
    expect(locked.size).toBe(known.length);
  });
});
