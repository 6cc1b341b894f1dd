import { type Fix, newId, type MessageContext, type MessageContract } from '@dozen/kernel';
import { currentTrace, markSpan, newTrace, spans, type TraceContext } from '@dozen/telemetry';
import type { EntityManager } from 'typeorm';
import { databaseError } from '../errors.js';
import { validate } from '../schema.js';
import type { BatchWriter, BufferedWrite } from './batch-writer.js';
import type { OutgoingMessage } from './outbox-port.js';

/**
 * What one piece of work does in one transaction: rows through `manager`, messages through `publish`; both are
 * committed together or not at all. A unit never commits itself: `UnitsOfWork.run` or the batch that hosts it does.
 */
export class UnitOfWork {
  /** What the unit handles; undefined for a unit that a request, a job or an admin process started. */
  readonly message: MessageContext | undefined;
  /** The operator's correction under which `message` is handled; everything that the unit publishes says so. */
  readonly fix: Fix | undefined;
  /** Aborted when the unit closes before its end: deadline, lost connection. `reason` is the error. */
  readonly signal: AbortSignal;
  readonly #manager: EntityManager;
  readonly #messages: OutgoingMessage[] = [];
  readonly #writes: BufferedWrite[] = [];
  readonly #hooks: (() => void)[] = [];
  #trace: TraceContext | undefined;
  #closed = false;

  constructor(options: {
    manager: EntityManager;
    message?: MessageContext | undefined;
    fix?: Fix | undefined;
    signal: AbortSignal;
  }) {
    this.#manager = options.manager;
    this.message = options.message;
    this.fix = options.fix;
    this.signal = options.signal;
  }

  /** @throws UOW-CLOSED after the unit's end; `cause` is the deadline or the lost connection, if it was one. */
  get manager(): EntityManager {
    this.#assertOpen();
    return this.#manager;
  }

  /**
   * The trace of everything that this unit causes. While a message is handled: its correlation id, caused by it, in
   * its trace. Otherwise the current trace; without one a new trace, the same for the whole unit.
   */
  get trace(): TraceContext {
    if (this.message === undefined) return currentTrace() ?? (this.#trace ??= newTrace());
    const { id, correlationId, traceparent } = this.message;
    return { traceparent: spanOf(traceparent), correlationId, causationId: id };
  }

  /**
   * Buffers a message; it reaches the outbox just before COMMIT, in the order of the calls.
   * @throws MSG-SCHEMA at once, with every mistake in `details.issues`; MSG-ANNOUNCED; UOW-CLOSED after the unit's end.
   */
  publish<T>(contract: MessageContract<T>, payload: T): void {
    this.#assertOpen();
    if (contract.announced === true) throw databaseError('MSG-ANNOUNCED', `${contract.type} is only announced`);
    const valid = validate(contract.schema, payload, 'MSG-SCHEMA', contract.type);
    const [id, subject] = [newId(), contract.key(valid)];
    const { traceparent, correlationId, causationId } = markSpan(spans.create, {
      name: `create ${contract.type}`,
      parent: this.trace,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'create',
        'messaging.operation.type': 'create',
        'messaging.destination.name': contract.topic.name,
        'messaging.message.id': id,
        'dozen.message.type': contract.type,
        'dozen.order.id': subject,
      },
    });
    this.#messages.push({
      id,
      contract: contract,
      subject,
      payload: valid,
      time: new Date(),
      traceparent,
      correlationId,
      causationId,
      fix: this.fix,
    });
  }

  /** Writes the item just before COMMIT, in one batch with the items of the transaction's other units. Throws UOW-CLOSED. */
  bufferWrite<T>(writer: BatchWriter<T>, item: T): void {
    this.#assertOpen();
    this.#writes.push({ writer, item });
  }

  /** Runs after COMMIT, in order; never after a rollback. For caches and wake-ups: a crash may skip it. */
  afterCommit(hook: () => void): void {
    this.#assertOpen();
    this.#hooks.push(hook);
  }

  /** For the host: closes the unit and hands over what it published. Empty when called again. */
  drain(): OutgoingMessage[] {
    this.#closed = true;
    return this.#messages.splice(0);
  }

  /** For the host, before COMMIT: the unit's buffered writes, each once. */
  drainWrites(): BufferedWrite[] {
    return this.#writes.splice(0);
  }

  /** For the host, after COMMIT: the unit's hooks, each once. */
  drainHooks(): (() => void)[] {
    return this.#hooks.splice(0);
  }

  #assertOpen(): void {
    if (this.signal.aborted) {
      throw databaseError('UOW-CLOSED', 'the unit of work is closed', { cause: this.signal.reason });
    }
    if (this.#closed) throw databaseError('UOW-CLOSED', 'the unit of work has ended');
  }
}

/** The span at hand if it belongs to the message's trace (a child of the creating span), else the creating span. */
function spanOf(traceparent: string | undefined): string {
  const current = currentTrace()?.traceparent;
  if (traceparent === undefined) return current ?? newTrace().traceparent;
  return current !== undefined && traceId(current) === traceId(traceparent) ? current : traceparent;
}

function traceId(traceparent: string): string | undefined {
  return traceparent.split('-')[1];
}
