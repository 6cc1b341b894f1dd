import type { Fix, MessageContract } from '@dozen/kernel';
import type { EntityManager } from 'typeorm';

/** A message that a unit has published: validated, and not yet in the outbox. */
export interface OutgoingMessage {
  /** UUIDv7, minted by `publish`: the CloudEvents id on every delivery. */
  readonly id: string;
  readonly contract: MessageContract;
  /** `contract.key(payload)`: the record key. */
  readonly subject: string;
  /** What the contract's schema returned: unknown keys are gone, defaults are filled in. */
  readonly payload: unknown;
  readonly time: Date;
  /** W3C trace context of the span that published. */
  readonly traceparent: string;
  readonly correlationId: string;
  /** Id of the message that this one answers, if it answers one. */
  readonly causationId?: string | undefined;
  /** The unit handled a message that an operator had corrected. */
  readonly fix?: Fix | undefined;
}

/** Where the messages of a unit go; libs/messaging implements it. */
export interface OutboxPort {
  /** Called at most once a unit, inside its transaction, just before COMMIT, in the order of `publish`. Never empty. */
  write(manager: EntityManager, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Called with the same messages after the COMMIT; may wake the relay. Must not throw. */
  committed(messages: readonly OutgoingMessage[]): void;
}
