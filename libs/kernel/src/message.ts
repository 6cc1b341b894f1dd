/** The part of Standard Schema v1 (standardschema.dev) that a message needs; zod 4 schemas satisfy it. */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

export type SchemaResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * A command asks one service to do something and may be refused; a broken one is parked alone.
 * An event states what happened; the events of one key are handled in order.
 */
export type MessageKind = 'command' | 'event';

/** A Kafka topic as `migrate` creates it. Partitions are fixed for good: changing them would break the order per key. */
export interface TopicDeclaration {
  readonly name: string;
  readonly kind: MessageKind;
  readonly partitions: number;
  /** How long Kafka keeps a record, in ms; also how far back an inbox must remember. */
  readonly retentionMs: number;
  readonly cleanup: 'delete' | 'compact';
}

/** What two services agree on about one message type. */
export interface MessageContract<T = unknown> {
  /** Also the class-like name in code: `OrderPlaced`. */
  readonly name: string;
  readonly version: number;
  /** The CloudEvents `type`: `dozen.OrderPlaced.v1`. */
  readonly type: string;
  readonly kind: MessageKind;
  readonly topic: TopicDeclaration;
  readonly schema: Schema<T>;
  /** The record key and CloudEvents `subject`: what the order of messages is kept for. */
  key(payload: T): string;
  /** This release reads it, the next one may write it: until then its readers of the last release would not know it. */
  readonly announced?: boolean | undefined;
  /** The version before this one, which is still read. */
  readonly replaces?: ReplacedVersion | undefined;
}

/** An earlier version of a message, and how it becomes the next one. */
export interface ReplacedVersion<Old = unknown, New = unknown> {
  readonly contract: MessageContract<Old>;
  /** Pure. Gets what the old schema lets through; what it returns must pass the new one. */
  upcast(payload: Old): New;
}

/** The payload type of a contract. */
export type PayloadOf<C> = C extends MessageContract<infer T> ? T : never;

/** An operator's change to the payload of a message that could not be handled. */
export interface Fix {
  /** Who. */
  readonly by: string;
  /** Why. */
  readonly reason: string;
}

/** What a message says about itself besides its payload. */
export interface MessageContext {
  /** UUIDv7; the same on every delivery. */
  readonly id: string;
  readonly type: string;
  /** Service that wrote it, as CloudEvents `source`: `/dozen/orders`. */
  readonly source: string;
  /** Key of the record: the order id. */
  readonly subject: string;
  readonly time: Date;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** W3C trace context of the span that created the message. */
  readonly traceparent?: string | undefined;
  /** One id for everything that follows from one request. */
  readonly correlationId: string;
  /** Id of the message that this one answers. */
  readonly causationId?: string | undefined;
  /** It was written while a corrected message was handled. */
  readonly fix?: Fix | undefined;
}
