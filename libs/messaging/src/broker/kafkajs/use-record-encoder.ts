import { createRequire } from 'node:module';
import { encodeRecord } from './record-encoder.js';

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';

/**
 * Puts our record encoder in the place of kafkajs' own, which has no setting for it. To be called before the first
 * produce request of the process: kafkajs loads the request's modules then. Later it has no effect but speed.
 */
export function useRecordEncoder(): void {
  const require = createRequire(import.meta.url);
  require(RECORD);
  const loaded = require.cache[require.resolve(RECORD)];
  if (loaded !== undefined) loaded.exports = encodeRecord;
}
