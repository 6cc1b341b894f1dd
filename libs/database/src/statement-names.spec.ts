import { PLANNED_ANEW, StatementNames } from './statement-names.js';

describe('names of statements', () => {
  it('are given to texts that repeat, and stay', () => {
    const names = new StatementNames(10);
    expect(names.of('SELECT 1')).toBeUndefined();
    const name = names.of('SELECT 1');
    expect(name).toMatch(/^dozen_\d+$/);
    expect(names.of('SELECT 1')).toBe(name);
    names.of('SELECT 2');
    expect(names.of('SELECT 2')).not.toBe(name);
  });

  it('are another one after what the server had under it was of no use', () => {
    const names = new StatementNames(10);
    names.of('SELECT 1');
    const name = names.of('SELECT 1');
    names.forget('SELECT 1');
    names.of('SELECT 1');
    const another = names.of('SELECT 1');
    expect(another).toMatch(/^dozen_\d+$/);
    expect(another).not.toBe(name);
  });

  it('are not given to what is to be planned anew', () => {
    const names = new StatementNames(10);
    const text = `${PLANNED_ANEW} SELECT 1`;
    expect([names.of(text), names.of(text), names.of(text)]).toEqual([undefined, undefined, undefined]);
  });

  it('are bounded, and so is what is known of texts that never repeat', () => {
    const names = new StatementNames(2);
    const given = new Set<string>();
    for (let n = 0; n < 100; n += 1) for (const text of [`SELECT ${n}`, `SELECT ${n}`]) given.add(names.of(text) ?? '');
    given.delete('');
    expect(given.size).toBe(2);
    expect(names.of('SELECT 0')).toBeDefined();
    expect(names.of('SELECT 50')).toBeUndefined();
  });
});
