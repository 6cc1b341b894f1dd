import { createRequire } from 'node:module';
import { readFetchAnswer } from './fetch/fetch-answer.js';
import { encodeRecord } from './record-encoder.js';

const PROTOCOL = 'kafkajs/src/protocol';
/** The versions of a fetch's answer that carry record batches. */
const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];
const require = createRequire(import.meta.url);

/*
 * Ours in the place of kafkajs' own, which has no setting for it. Of one process, and of every client in it.
 */

/**
 * Puts our encoder in the place of kafkajs' own, which is loaded at the first produce request of the process. Called
 * after that, it changes nothing, and records are encoded more slowly.
 */
export function useRecordEncoder(): void {
  replace(`${PROTOCOL}/recordBatch/record/v0/index.js`, () => encodeRecord);
}

/**
 * Puts our reader of fetched records in the place of kafkajs' own. May be called at any time, since kafkajs asks for
 * that module at every request.
 */
export function useFetchReader(): void {
  for (const version of VERSIONS) {
    replace(`${PROTOCOL}/requests/fetch/v${version}/response.js`, (theirs) => ({
      ...(theirs as object),
      decode: (answer: Buffer) => readFetchAnswer(version, answer),
    }));
  }
}

function replace(module: string, ours: (theirs: unknown) => unknown): void {
  const theirs: unknown = require(module);
  const loaded = require.cache[require.resolve(module)];
  if (loaded !== undefined) loaded.exports = ours(theirs);
}
