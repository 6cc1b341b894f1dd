import { newId } from '@dozen/kernel';
import { addressOf, idSpelling, recordSpelling, requestSpelling, unreadable } from './spellings.js';

const ids = Array.from({ length: 2_000 }, newId);
const others = (of: (id: string) => unknown): number => new Set(ids.map((id) => JSON.stringify(of(id)))).size;

describe('what external clients write', () => {
  it('is there for any id, in every form', () => {
    expect(
      new Set(
        ids.map((id) =>
          idSpelling(id)
            .replaceAll(/[0-9-]/g, '')
            .slice(-1),
        ),
      ).size,
    ).toBeGreaterThan(6);
    expect(new Set(ids.map((id) => recordSpelling(id).compression)).size).toBe(5);
    expect(others(addressOf)).toBeGreaterThan(5);
    expect(others((id) => ({ ...requestSpelling(id), 'idempotency-key': '' }))).toBeGreaterThan(50);
    expect(others((id) => unreadable('order', id).toString('latin1'))).toBeGreaterThan(10);
  });

  it('is the same for the same id, so that a repeat is one', () => {
    for (const id of ids.slice(0, 100)) {
      const { id: spelled, compression } = recordSpelling(id);
      expect(recordSpelling(id)).toMatchObject({ id: spelled, compression });
      expect(requestSpelling(id)).toEqual(requestSpelling(id));
      expect(spelled.toLowerCase()).toBe(id);
    }
  });
});
