import type { Fix, MessageContract } from '@dozen/kernel';

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

/** A statement and its parameters, as PostgreSQL's driver takes them. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Where the messages of a unit go; libs/messaging implements it. */
export interface OutboxPort {
  /** What stores the messages, in the order of `publish`: the last statement before COMMIT. Asked once; never of none. */
  statementOf(messages: readonly OutgoingMessage[]): Statement;
  /** Called with the same messages after the COMMIT; may wake the relay. Must not throw. */
  committed(messages: readonly OutgoingMessage[]): void;
}
