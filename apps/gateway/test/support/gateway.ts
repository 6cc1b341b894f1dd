import { newId } from '@dozen/kernel';
import { startIdentity, startUnderTest, type TestIdentity, type TokenClaims } from '@dozen/service-testing';
import type { Type } from '@nestjs/common';
import { gatewayService } from '../../src/index.js';
import { EventSource } from './event-source.js';

export interface CallOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Claims of the caller's token; null sends none. */
  readonly as?: TokenClaims | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A gateway of the test's own, with an identity provider. Its outbox is read, never relayed. */
export async function startGateway(
  options: {
    processTypes?: 'web' | 'web,consumer';
    /** More of its environment. */
    env?: Readonly<Record<string, string>>;
  } = {},
) {
  const { processTypes = 'web' } = options;
  const identity = await startIdentity();
  const given = { PROCESS_TYPES: processTypes, ...identity.env };
  const service = await startUnderTest(gatewayService, given, options.env);
  return {
    ...service,
    identity,
    get: <T>(type: Type<T>): T => service.app.get(type),
    ...clientOf(service.url, identity),
    /** Another process of the same gateway, without a consumer of its own. */
    async sibling() {
      const other = await service.sibling({ PROCESS_TYPES: 'web' });
      return { ...clientOf(other.url, identity), stop: () => other.stop() };
    },
    /** The id of a new order. */
    async placed(): Promise<string> {
      return String((await this.order()).body['id']);
    },
    async rebuild(): Promise<{ orders: number; changed: number }> {
      return (await service.admin('projection rebuild')).json as { orders: number; changed: number };
    },
    async stop(): Promise<void> {
      await service.stop();
      await identity.stop();
    },
  };
}

function clientOf(url: string, identity: TestIdentity) {
  const call = async (
    path: string,
    { method = 'GET', as = {}, headers = {}, body }: CallOptions = {},
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${await identity.token(as)}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status } = response;
    return { status, headers: response.headers, text, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  };
  return {
    call,
    /** Asks for some mugs, under a key of its own unless `headers` say another. */
    order({
      quantity = 1,
      headers = {},
    }: { quantity?: number; headers?: Record<string, string> } = {}): Promise<Answer> {
      return call('/v1/orders', {
        method: 'POST',
        headers: { 'idempotency-key': `"${newId()}"`, ...headers },
        body: { items: [{ sku: 'MUG-1', quantity }], paymentToken: 'tok_ok' },
      });
    },
    async events(orderId: string, lastEventId?: number): Promise<EventSource> {
      return EventSource.open(new URL(`/v1/orders/${orderId}/events`, url), {
        authorization: `Bearer ${await identity.token()}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
      });
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;
