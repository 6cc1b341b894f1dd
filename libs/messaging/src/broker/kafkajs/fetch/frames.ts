import { frameSize, SHORTEST_FRAME } from './batch-header.js';

/** One batch as the broker sent it. */
export interface Frame {
  readonly bytes: Buffer;
  /** No offset of it can be greater than this one. */
  readonly limit: bigint;
}

/**
 * The batches in a partition's part of an answer. The last one may be cut off where the answer was full, and is left out:
 * it comes again. The first one never is (KIP-74), however large: if it is longer than what is there, it lies, and would
 * do so for ever. Behind a length that is none nothing can be found, so the rest is one with it.
 */
export function* framesOf(answer: Buffer, limit: bigint): Generator<Frame> {
  for (let at = 0; at + SHORTEST_FRAME <= answer.length;) {
    const size = frameSize(answer, at);
    const cutOff = size > answer.length - at;
    if (cutOff && at > 0) return;
    const end = cutOff || size < SHORTEST_FRAME ? answer.length : at + size;
    const nextFirst = end + 8 <= answer.length ? answer.readBigInt64BE(end) : limit + 1n;
    yield { bytes: answer.subarray(at, end), limit: nextFirst - 1n };
    at = end;
  }
}
