import type { Logger } from '@dozen/telemetry';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import './quiet-request-queue.js';
import type { KafkaAddress } from './url.js';

/** What a caller wants to hear of kafkajs' log beside the logger; may throw into the client. */
export type LogTap = (entry: LogEntry) => void;

/**
 * The client's settings. Its retries are set here, and are endless by default: set on the producer they are overridden,
 * and a bounded number ends an outage of 18 s in an error. Deadlines are ours (`send`'s timeout).
 */
export function kafkaClient(
  options: { client: KafkaAddress['client']; clientId: string; logger: Logger; retries?: number },
  tap: LogTap = () => undefined,
): Kafka {
  return new Kafka({
    ...options.client,
    clientId: options.clientId,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: options.retries ?? Number.MAX_SAFE_INTEGER },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      // An outage is reported once, by readiness; the client's line per retry is for debugging.
      options.logger.debug({ kafkajs: { ...entry.log, namespace: entry.namespace } }, `kafkajs: ${entry.log.message}`);
      tap(entry);
    },
  });
}
