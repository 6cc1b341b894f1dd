import { eventually } from '@dozen/testing';
import { type Running, serviceNames } from '../running.js';

const DEADLINE_MS = 30_000;

/** SIGTERM is an ordinary event: whoever was served gets the answer, and what was accepted goes on after the restart. */
export function drains(running: () => Running): void {
  it.each(serviceNames)(
    'SIGTERM of %s under load ends it with 0, and every order accepted is confirmed',
    async (name) => {
      const shop = await running().shop(`drain-${name}`);
      const answers = { accepted: [] as string[], refusedConnections: 0, cut: [] as string[] };
      let loading = true;
      const load = Promise.all(
        Array.from({ length: 4 }, async (_, worker) => {
          for (let n = 0; loading; n += 1) {
            try {
              const answer = await shop.request('/v1/orders', {
                method: 'POST',
                headers: { 'content-type': 'application/json', 'idempotency-key': `"${name}-${worker}-${n}"` },
                body: JSON.stringify({ items: [{ sku: 'CHOCOLATE-70', quantity: 1 }], paymentToken: 'tok_ok' }),
              });
              if (answer.status === 202) answers.accepted.push(((await answer.json()) as { id: string }).id);
              else answers.cut.push(`${answer.status} ${await answer.text()}`);
            } catch (error) {
              if (codeOf(error) === 'ECONNREFUSED') answers.refusedConnections += 1;
              else answers.cut.push(`${codeOf(error)} ${String(error)}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }),
      );
      await eventually(() => {
        expect(answers.accepted.length).toBeGreaterThan(10);
      });
      const began = performance.now();
      const end = await running().service(name).stop();
      const tookMs = performance.now() - began;
      loading = false;
      await load;
      expect(end).toEqual({ code: 0 });
      expect(tookMs).toBeLessThan(DEADLINE_MS);
      expect(answers.cut).toEqual([]);
      if (name !== 'gateway') expect(answers.refusedConnections).toBe(0);
      await running().service(name).restart();
      await eventually(
        async () => {
          const status = await running().statusOf(answers.accepted);
          expect(new Set(status)).toEqual(new Set(['confirmed']));
        },
        { timeoutMs: 30_000, everyMs: 200 },
      );
      process.stdout.write(`drain ${name}: ${Math.round(tookMs)} ms, ${answers.accepted.length} orders\n`);
    },
    90_000,
  );
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code ?? 'no code';
}
