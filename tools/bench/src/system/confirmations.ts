import pg from 'pg';
import { machineNow } from '../measures.js';

const EVERY_MS = 25;

/**
 * When the gateway would first have answered "confirmed": one look in 25 ms at the status that its GET reads,
 * for all orders that are waited for. A client per order that asks would be most of the load.
 */
export class Confirmations {
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #busy = false;

  private constructor(private readonly client: pg.Client) {
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#looking = this.#look();
    }, EVERY_MS);
  }

  static async watch(gatewayDatabaseUrl: string): Promise<Confirmations> {
    const client = new pg.Client({ connectionString: gatewayDatabaseUrl });
    await client.connect();
    return new Confirmations(client);
  }

  /** Resolves with the moment at which it was confirmed. */
  of(orderId: string): Promise<number> {
    return new Promise((resolve) => this.#waiting.set(orderId, resolve));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.client.end();
  }

  async #look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#busy = true;
    try {
      const { rows } = await this.client.query<{ id: string }>(
        "SELECT id FROM orders WHERE status = 'confirmed' AND id = ANY($1::uuid[])",
        [[...this.#waiting.keys()]],
      );
      const at = machineNow();
      for (const { id } of rows) {
        this.#waiting.get(id)?.(at);
        this.#waiting.delete(id);
      }
    } catch (error) {
      process.emitWarning(`cannot look whether orders are confirmed: ${String(error)}`);
    } finally {
      this.#busy = false;
    }
  }
}
