import type { Shop } from '../../src/index.js';
import { eventually } from '@dozen/testing';
import { SERVICE_NAMES } from '@dozen/manifest';
import type { Running } from '../running.js';

const DEADLINE_MS = 30_000;

/** SIGTERM is an ordinary event: whoever was served gets the answer, and what was accepted goes on after the restart. */
export function drains(running: () => Running): void {
  it.each(SERVICE_NAMES)(
    'SIGTERM of %s under load ends it with 0, and every order accepted is confirmed',
    async (name) => {
      const load = new Load(await running().shop(`drain-${name}`), name);
      let end: unknown;
      const began = performance.now();
      try {
        await eventually(() => {
          expect(load.accepted.length).toBeGreaterThan(10);
        });
        end = await running().service(name).stop();
      } finally {
        await load.stop();
        await running().service(name).restart();
        await running().service(name).waitReady();
      }
      const tookMs = Math.round(performance.now() - began);
      expect(end).toMatchObject({ code: 0, signal: null });
      expect(tookMs).toBeLessThan(DEADLINE_MS);
      expect(load.cut).toEqual([]);
      expect(await running().takenKeys(load.reset)).toEqual([]);
      if (name !== 'gateway') expect(load.refusedConnections).toBe(0);
      await eventually(
        async () => {
          const accepted = new Set(load.accepted);
          const { orders } = await running().facts(load.accepted);
          const mine = orders.filter(({ id }) => accepted.has(id)).map(({ status, shown }) => `${status} ${shown}`);
          expect(mine).toEqual(load.accepted.map(() => 'confirmed confirmed'));
        },
        { timeoutMs: 30_000, everyMs: 200 },
      );
      process.stdout.write(
        `drain of ${name}: ${load.accepted.length} orders, ${load.reset.length} resets before a request was taken, down and up again in ${tookMs} ms\n`,
      );
    },
    90_000,
  );
}

/** Four clients that post one order after another, and never the same one twice. */
class Load {
  readonly accepted: string[] = [];
  /** Keys of requests whose connection was reset: closed by the server at the moment it was reused, nothing taken. */
  readonly reset: string[] = [];
  /** Answers other than 202, and any other failure. */
  readonly cut: string[] = [];
  refusedConnections = 0;
  private running = true;
  private readonly clients: Promise<unknown>;

  constructor(
    private readonly shop: Shop,
    private readonly name: string,
  ) {
    this.clients = Promise.all([0, 1, 2, 3].map((client) => this.client(client)));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.clients;
  }

  private async client(client: number): Promise<void> {
    for (let n = 0; this.running; n += 1) {
      await this.post(`"${this.name}-${client}-${n}"`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async post(key: string): Promise<void> {
    try {
      const answer = await this.shop.request('/v1/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ items: [{ sku: 'CHOCOLATE-70', quantity: 1 }], paymentToken: 'tok_ok' }),
      });
      if (answer.status === 202) this.accepted.push(((await answer.json()) as { id: string }).id);
      else this.cut.push(`${answer.status} ${await answer.text()}`);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ECONNREFUSED') this.refusedConnections += 1;
      else if (code === 'ECONNRESET') this.reset.push(key);
      else this.cut.push(`${code} ${String(error)}`);
    }
  }
}

/** By shape: Node's own errors are of another realm than the test's `Error`. */
function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? 'no code';
}
