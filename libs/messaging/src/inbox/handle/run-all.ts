import { inSpan, MOST_LINKS, spans } from '@dozen/telemetry';
import type { MessageHandler } from './handlers.js';
import type { HandlerTimer } from './handler-timer.js';
import { handle, type Run } from './handling.js';
import type { Item } from './record-reader.js';

export interface Failure {
  /** Undefined when it is not known which message caused it, as with a refused COMMIT, or a call for several. */
  readonly item: Item | undefined;
  readonly error: unknown;
}

/**
 * Runs the handlers of one transaction: keys side by side on its connection, the messages of a key in order; a key
 * stops at its first failure. A set-based handler gets in one call what every key has ready for it, so rounds
 * alternate: each key up to its next set-based message, then one call per set-based type.
 */
export async function runAll(runs: readonly Run[], timer: HandlerTimer): Promise<Failure[]> {
  let queues = [...Map.groupBy(runs, ({ work }) => work.context.subject).values()];
  while (queues.length > 0) {
    const failures = (await Promise.all(queues.map((queue) => runSingly(queue, timer)))).flat();
    if (failures.length > 0) return failures;
    const ready = Map.groupBy(queues.flatMap(takeReady), ({ work }) => work.handler);
    for (const [handler, together] of ready) {
      const failure = await runTogether(handler, together, timer);
      if (failure !== undefined) return [failure];
    }
    queues = queues.filter((queue) => queue.length > 0);
  }
  return [];
}

/** Takes messages off a key's queue until a set-based one is at its head. */
async function runSingly(queue: Run[], timer: HandlerTimer): Promise<Failure[]> {
  for (let head = queue[0]; head?.work.handler.handleBatch === undefined; head = queue[0]) {
    if (head === undefined) return [];
    try {
      await handle(head, timer);
    } catch (error) {
      return [{ item: head.item, error }];
    }
    queue.shift();
  }
  return [];
}

async function runTogether(
  handler: MessageHandler,
  together: readonly Run[],
  timer: HandlerTimer,
): Promise<Failure | undefined> {
  const messages = together.map(({ work, unit }) => ({ payload: work.payload, unit }));
  try {
    await inSpan(spans.processBatch, batchOf(together), () =>
      timer.time(together, () => handler.handleBatch?.(messages)),
    );
    return undefined;
  } catch (error) {
    const [first, ...others] = together;
    return { item: others.length === 0 ? first?.item : undefined, error };
  }
}

/**
 * The span of a call for several messages. They belong to different traces, so it begins one of its own and links to
 * theirs.
 */
function batchOf(together: readonly Run[]) {
  const type = together[0]?.work.context.type ?? '';
  return {
    name: `process ${type} batch`,
    parent: null,
    links: together.slice(0, MOST_LINKS).map(({ work }) => work.context.traceparent),
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': together.length,
      'dozen.message.type': type,
    },
  };
}

/** Takes the leading messages of one set-based handler off a key's queue. */
function takeReady(queue: Run[]): Run[] {
  const handler = queue[0]?.work.handler;
  const end = queue.findIndex(({ work }) => work.handler !== handler);
  return handler?.handleBatch === undefined ? [] : queue.splice(0, end === -1 ? queue.length : end);
}
