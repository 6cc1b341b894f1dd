import type { UnitOfWork } from '@dozen/database';
import { type MessageContract, versionsOf } from '@dozen/kernel';
import { messagingError } from '../../errors.js';

/** One of several messages that are handled together. */
export interface BatchMessage<T> {
  readonly payload: T;
  /**
   * The unit of work of this message alone: what it publishes is caused by it. All messages of a call share one
   * transaction.
   */
  readonly unit: UnitOfWork;
}

/** One message type and what is done with it. */
export interface MessageHandler<T = unknown> {
  readonly contract: MessageContract<T>;
  /**
   * Names of shared rows that the handler touches; the batch takes their locks first, sorted. They keep other batches
   * out. Handlers of other keys in the same batch run beside this one, on the same transaction: look and change in one
   * statement, not in two.
   */
  readonly locks?: ((payload: T) => readonly string[]) | undefined;
  /** Pauses before the attempts after the first, in ms; none: the first failure is the last. Default: the consumer's. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  handle(payload: T, unit: UnitOfWork): Promise<void>;
  /**
   * Instead of `handle`, for many at once with a few statements; never empty, each key's messages in order. When it
   * throws for several, they are all rolled back and given to it one by one, so that only the bad one is parked.
   */
  readonly handleBatch?: ((messages: readonly BatchMessage<T>[]) => Promise<void>) | undefined;
}

/** The handlers of one consumer, by CloudEvents type: a handler has its contract's and those of the versions before. */
export class HandlerRegistry {
  readonly #byType = new Map<string, MessageHandler>();
  readonly #names = new Set<string>();

  /** Throws MSG-DUPLICATE-HANDLER: two handlers of a type would share one claim. */
  add(handler: MessageHandler): void {
    for (const { type } of versionsOf(handler.contract)) {
      if (this.#byType.has(type)) throw messagingError('MSG-DUPLICATE-HANDLER', `two handlers for ${type}`);
      this.#byType.set(type, handler);
      this.#names.add(withoutVersion(type));
    }
  }

  get(type: string): MessageHandler | undefined {
    return this.#byType.get(type);
  }

  /**
   * Whether a message is handled here, but not in this version, which is of a newer release or no longer read by this
   * one.
   */
  isOtherVersion(type: string): boolean {
    return !this.#byType.has(type) && this.#names.has(withoutVersion(type));
  }

  get topics(): string[] {
    return [...new Set([...this.#byType.values()].map((handler) => handler.contract.topic.name))];
  }

  get declarations() {
    return [
      ...new Map([...this.#byType.values()].map(({ contract }) => [contract.topic.name, contract.topic])).values(),
    ];
  }

  get commandTopics(): Set<string> {
    return new Set(this.declarations.filter((topic) => topic.kind === 'command').map((topic) => topic.name));
  }
}

/** `dozen.OrderPlaced` of `dozen.OrderPlaced.v2`. */
function withoutVersion(type: string): string {
  return type.replace(/\.v\d+$/, '');
}
