import { Agent, get } from 'node:http';
import { MailSent, OrderConfirmed } from '@dozen/contracts';
import { createParser } from 'eventsource-parser';
import { machineNow } from '../measures.js';
import type { Shop } from './shop.js';

/** What has happened to an order, as the types of its events say. */
export type Milestone = (types: readonly string[]) => boolean;

export const CONFIRMED: Milestone = (types) => types.includes(OrderConfirmed.type);
/** Both of its mails are sent: nothing follows. */
export const OVER: Milestone = (types) =>
  CONFIRMED(types) && types.filter((type) => type === MailSent.type).length === 2;

/** A customer's program that follows each of its orders by a stream of events. */
export class OrderStreams {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    private readonly shop: Shop,
    private readonly milestone: Milestone,
  ) {}

  /** Resolves with the moment at which the client hears that the order has come so far. */
  of(orderId: string): Promise<number> {
    const url = `${this.shop.url.href}/${orderId}/events`;
    const headers = { authorization: `Bearer ${this.shop.token}` };
    return new Promise((resolve, reject) => {
      const types: string[] = [];
      const request = get(url, { headers, agent: this.#agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
        const parser = createParser({
          onEvent: ({ event = '' }) => {
            types.push(event);
            if (!this.milestone(types)) return;
            resolve(machineNow());
            request.destroy();
          },
        });
        response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
        response.on('close', () => reject(new Error(`the stream of ${orderId} ended after ${types.join(', ')}`)));
      });
      request.on('error', reject);
    });
  }
}
