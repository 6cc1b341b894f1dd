import { type Clock, type DozenError, type MessageContext } from '@dozen/kernel';
import type { FetchedRecord } from '../../broker/port.js';
import { decode, type DecodeRules } from '../../cloudevents/decode.js';
import { readKey } from '../../cloudevents/key.js';
import { toDozenError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type { HandlerRegistry, MessageHandler } from './handlers.js';
import { refuseUnreadable } from './unreadable.js';

/** A record that passed the decoder, or was refused by it with an error. */
export interface Item {
  readonly record: FetchedRecord;
  /** What can be claimed; a record without a usable id is known by its offset alone. */
  readonly id: string | undefined;
  /** The key whose order it keeps; undefined for commands, which are parked alone. */
  readonly orderKey: string | undefined;
  readonly work: Work | undefined;
  readonly error: DozenError | undefined;
}

/** A message and who handles it. */
export interface Work {
  readonly context: MessageContext;
  readonly payload: unknown;
  readonly handler: MessageHandler;
  /** What the handler declares for this message. */
  readonly locks: readonly string[];
}

/** Turns records into items by the handlers of one consumer. */
export class RecordReader {
  readonly #handlers: HandlerRegistry;
  readonly #clock: Clock;

  constructor(options: { handlers: HandlerRegistry; clock: Clock }) {
    this.#handlers = options.handlers;
    this.#clock = options.clock;
  }

  /** In record order. Events that nobody handles here are left out; of records with one id the first counts. */
  readBatch(records: readonly FetchedRecord[]): Item[] {
    const rules = this.#rules();
    const seen = new Set<string>();
    return records.flatMap((record): Item[] => {
      const item = this.#read(record, rules);
      if (item === undefined || (item.id !== undefined && seen.has(item.id))) return [];
      if (item.id !== undefined) seen.add(item.id);
      return [item];
    });
  }

  /**
   * A record that was put aside; undefined when nothing here handles its type any more. `claimed`: its id was claimed
   * when it was parked, so it may be of any age by now.
   */
  readParked(record: FetchedRecord, { claimed }: { claimed: boolean }): Item | undefined {
    const rules = this.#rules();
    return this.#read(record, claimed ? { ...rules, keepMs: Infinity } : rules);
  }

  #rules(): DecodeRules {
    return {
      contractOf: (type) => this.#handlers.get(type)?.contract,
      isOtherVersion: (type) => this.#handlers.isOtherVersion(type),
      commandTopics: this.#handlers.commandTopics,
      keepMs: messagingPolicy.inboxKeepMs,
      clockSkewMs: messagingPolicy.clockSkewMs,
      now: this.#clock.now(),
    };
  }

  #read(record: FetchedRecord, rules: DecodeRules): Item | undefined {
    if (record.unreadable !== undefined) {
      return { ...refuseUnreadable(record, record.unreadable), id: undefined, orderKey: undefined, work: undefined };
    }
    const decoded = decode(record, rules);
    if (decoded.kind === 'ignored') return undefined;
    const { text: key } = readKey(record.key);
    const orderKey = rules.commandTopics.has(record.topic) || key === '' ? undefined : key;
    if (decoded.kind === 'refused') return { record, id: decoded.id, orderKey, work: undefined, error: decoded.error };
    const { context, payload } = decoded;
    const handler = this.#handlers.get(context.type);
    if (handler === undefined) return undefined;
    const known = { record, id: context.id, orderKey };
    try {
      const locks = handler.locks?.(payload) ?? [];
      return { ...known, work: { context, payload, handler, locks }, error: undefined };
    } catch (error) {
      // `locks` waits for nothing, so whatever it throws is the message's fault, also what looks like an outage.
      return { ...known, work: undefined, error: toDozenError(error) };
    }
  }
}
