import { randomBytes } from 'node:crypto';
import { CODECS, pack, unpack } from './kafka-codecs.js';

describe('codecs', () => {
  it.each(CODECS)('%s: what was packed is what comes out', async (codec) => {
    // Longer than a block of the Java form, half of it without a pattern.
    const bytes = Buffer.concat([Buffer.alloc(50_000, 'a'), randomBytes(50_000)]);
    expect((await unpack(codec, await pack(codec, bytes))).equals(bytes)).toBe(true);
  });
});
