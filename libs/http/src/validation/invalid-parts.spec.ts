import { z } from 'zod';
import { FIXTURE_CONFIG, startFixture } from '../../test/fixture.js';
import { invalidParts } from './invalid-parts.js';

const BODY = { type: 'body' } as const;
const strict = z.strictObject({ a: z.strictObject({ b: z.int() }).optional() });

function mistakesOf(value: unknown) {
  return invalidParts(strict.safeParse(value).error?.issues ?? [], BODY);
}

describe('the mistakes in a request', () => {
  it('are named each by its place, unknown keys too', () => {
    expect(mistakesOf({ a: { b: 'x', c: 1 }, 'd/e': 1, f: 1 })).toEqual({
      total: 4,
      parts: [
        { in: 'body', pointer: '#/a/b', detail: expect.any(String) },
        { in: 'body', pointer: '#/a/c', detail: 'not known here: "c"' },
        { in: 'body', pointer: '#/d~1e', detail: 'not known here: "d/e"' },
        { in: 'body', pointer: '#/f', detail: 'not known here: "f"' },
      ],
    });
  });

  it('are counted, and the first of many named', () => {
    const { parts, total } = mistakesOf(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n])));
    expect(total).toBe(20_000);
    expect(parts.map(({ pointer }) => pointer)).toEqual(Array.from({ length: 20 }, (_, n) => `#/k${n}`));
  });

  it('are told in few words however long the keys are, with a pointer to what holds the key', () => {
    const { parts } = mistakesOf({ ['é'.repeat(100_000)]: 1, ['\ud800']: 1, '': 1 });
    expect(parts.map(({ pointer }) => pointer)).toEqual(['#', '#/%EF%BF%BD', '#/']);
    expect(parts[0]?.detail).toMatch(/^not known here: "é+…$/);
    expect(JSON.stringify(parts).length).toBeLessThan(1_000);
  });

  it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', 'then'])(
    'are told of a key %s, too',
    async (key) => {
      const http = await startFixture();
      await http.app.init();
      const answer = await http.app.inject({
        method: 'POST',
        url: '/things',
        payload: { sku: 'abc', quantity: 1, address: { [key]: 1 } },
      });
      expect(answer.json()).toMatchObject({
        errors: [{ pointer: `#/address/${key}`, detail: `not known here: "${key}"` }],
      });
      await http.app.close();
    },
  );

  it.each([
    ['a long value', `/things?limit=${'9'.repeat(12_000)}`, {}],
    ['many mistakes', '/things', Array.from({ length: 50_000 }, () => ({}))],
  ])('fit into a short answer: %s', async (_name, url, payload) => {
    const http = await startFixture({
      config: { ...FIXTURE_CONFIG, HTTP_BODY_LIMIT_BYTES: 1_000_000 },
    });
    await http.app.init();
    const response = await http.app.inject({ method: 'POST', url, payload });
    expect(response.statusCode).toBe(400);
    expect(response.body.length).toBeLessThan(4_000);
    await http.app.close();
  });
});
