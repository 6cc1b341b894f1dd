import type { UnitOfWork } from '@dozen/database';
import type { CheckResult } from '@dozen/shutdown';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { BlockedPartition } from '../inbox/consume/blocked-partitions.js';
import { HandlerRegistry } from '../inbox/handle/handlers.js';
import { InboxConsumer, type InboxConsumerOptions } from '../inbox/inbox-consumer.js';
import { HANDLES, type HandlesExtras } from './handles.js';

/**
 * The inbox as a Nest transport: `app.connectMicroservice({ strategy: new KafkaInboxServer(…) })`. It collects the
 * methods marked with `@Handles` or `@HandlesBatch` and drives them; Nest does injection, pipes, guards and interceptors as usual.
 */
export class KafkaInboxServer extends Server implements CustomTransportStrategy {
  readonly #options: InboxConsumerOptions;
  #consumer: InboxConsumer | undefined;

  constructor(options: InboxConsumerOptions) {
    super();
    this.#options = options;
  }

  /** A member of the consumer group. */
  get joined(): boolean {
    return this.#consumer?.joined ?? false;
  }

  /** See `InboxConsumer.silentMs`. */
  get silentMs(): number {
    return this.#consumer?.silentMs ?? 0;
  }

  /** See `InboxConsumer.leftBecause`. */
  get leftBecause(): string | undefined {
    return this.#consumer?.leftBecause;
  }

  /** See `InboxConsumer.blocked`. */
  get blocked(): readonly BlockedPartition[] {
    return this.#consumer?.blocked ?? [];
  }

  /** Partitions whose records are being handled: `orders.events/3`. */
  get inFlight(): readonly string[] {
    return this.#options.progress.inFlight;
  }

  /** See `InboxConsumer.check`. */
  check(): CheckResult {
    return this.#consumer?.check() ?? { ok: false, reason: 'not started' };
  }

  /** See `InboxConsumer.leaveGroup`. */
  async leaveGroup(reason: string): Promise<void> {
    await this.#consumer?.leaveGroup(reason);
  }

  listen(callback: () => void): void {
    const handlers = collectHandlers(this);
    this.#consumer = new InboxConsumer({ ...this.#options, handlers });
    this.#consumer.start();
    callback();
  }

  async close(): Promise<void> {
    await this.#consumer?.stop();
  }

  on(): never {
    throw new Error('the inbox has no events of its own');
  }

  unwrap<T = InboxConsumer | undefined>(): T {
    return this.#consumer as T;
  }
}

/** A transport that reads nothing: it tells an admin process what the application handles, once it listens. */
export class HandlerCollector extends Server implements CustomTransportStrategy {
  handlers = new HandlerRegistry();

  listen(callback: () => void): void {
    this.handlers = collectHandlers(this);
    callback();
  }

  close(): void {
    // There is nothing to close.
  }

  on(): never {
    throw new Error('a collector has no events');
  }

  unwrap<T = HandlerRegistry>(): T {
    return this.handlers as T;
  }
}

/** The methods that Nest registered on a transport and `@Handles` or `@HandlesBatch` marked. Throws MSG-DUPLICATE-HANDLER. */
export function collectHandlers(server: Server): HandlerRegistry {
  const handlers = new HandlerRegistry();
  for (const handler of server.getHandlers().values()) {
    const extras = handler.extras?.[HANDLES] as HandlesExtras | undefined;
    if (extras === undefined) continue;
    const { setBased, ...rest } = extras;
    const call = async (data: unknown, context?: UnitOfWork): Promise<void> => {
      const result: unknown = await handler(data, context);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    };
    handlers.add(
      setBased
        ? { ...rest, handleBatch: call, handle: (payload, unit) => call([{ payload, unit }]) }
        : { ...rest, handle: call },
    );
  }
  return handlers;
}
