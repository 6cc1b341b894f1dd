import { createRequire } from 'node:module';
import { decodeRecord } from './record-decoder.js';
import { encodeRecord } from './record-encoder.js';

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/';

/*
 * Ours in the place of kafkajs' own, which has no setting for it. To be called before the first produce or fetch
 * request of the process: kafkajs loads the request's modules then. Later it has no effect but speed.
 */

export function useRecordEncoder(): void {
  replace(`${RECORD}index.js`, encodeRecord);
}

export function useRecordDecoder(): void {
  replace(`${RECORD}decoder.js`, decodeRecord);
}

function replace(module: string, ours: unknown): void {
  const require = createRequire(import.meta.url);
  require(module);
  const loaded = require.cache[require.resolve(module)];
  if (loaded !== undefined) loaded.exports = ours;
}
